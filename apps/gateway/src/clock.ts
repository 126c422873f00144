/** Time. The only source of it outside tests. */
export interface Clock {
  /** Epoch milliseconds; may jump. For people, never for order or durations. */
  wall(): number;
  /** Milliseconds that never go back. For durations. */
  mono(): number;
  /** Calls back once after `ms`; the returned function cancels it. */
  after(ms: number, callback: () => void): () => void;
}

export const systemClock: Clock = {
  wall: () => Date.now(),
  mono: () => performance.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

/** Resolves after `ms`. */
export function sleep(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve);
  });
}
