/** Who wants to know of something that the store did. */
export interface Listeners {
  /** Told from now on, until the returned function is called. A listener must not throw. */
  add(listener: () => void): () => void;
  tell(): void;
}

export function createListeners(): Listeners {
  const listeners = new Set<{ readonly call: () => void }>();
  return {
    add(call) {
      const entry = { call };
      listeners.add(entry);
      return () => void listeners.delete(entry);
    },
    tell() {
      for (const { call } of listeners) call();
    },
  };
}
