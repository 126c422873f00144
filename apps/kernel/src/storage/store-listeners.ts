/** Who wants to know of something that the store did. */
export interface Listeners<T = void> {
  /** Told from now on, until the returned function is called. A listener must not throw. */
  add(listener: (what: T) => void): () => void;
  tell(what: T): void;
}

export function createListeners<T = void>(): Listeners<T> {
  const listeners = new Set<{ readonly call: (what: T) => void }>();
  return {
    add(call) {
      const entry = { call };
      listeners.add(entry);
      return () => void listeners.delete(entry);
    },
    tell(what) {
      for (const { call } of listeners) call(what);
    },
  };
}
