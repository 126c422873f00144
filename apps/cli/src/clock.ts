/** Time, injectable so that a test can hold it. */
export interface Clock {
  /** Epoch milliseconds; for people, never for durations. */
  wall(): number;
  /** Milliseconds that never go back. */
  mono(): number;
  /** Calls back once after `ms`; the returned function cancels it. */
  after(ms: number, callback: () => void): () => void;
}

export const systemClock: Clock = {
  wall: () => Date.now(),
  mono: () => performance.now(),
  after(ms, callback) {
    const handle = setTimeout(callback, ms);
    return () => clearTimeout(handle);
  },
};
