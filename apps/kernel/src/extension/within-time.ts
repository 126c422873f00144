import type { Clock } from '../ports.ts';

/** It took longer than it had. */
export class TooLate extends Error {
  constructor(ms: number) {
    super(`took longer than ${ms} ms`);
    this.name = 'TooLate';
  }
}

/** What `work` resolves with, unless it takes longer; then {@link TooLate}, and what still comes of it interests nobody. */
export function withinTime<T>(clock: Clock, ms: number, work: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () => reject(new TooLate(ms)));
    // Also what is thrown at once is a rejection, and the timer goes in every case.
    void (async () => work())().then(resolve, reject).finally(cancel);
  });
}
