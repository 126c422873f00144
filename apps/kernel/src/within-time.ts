import type { Clock } from './ports.ts';

/** What was waited for did not come in time. It may still go on; nobody waits for it. */
export class TooSlowError extends Error {
  override readonly name = 'TooSlowError';
}

/** What the work gives, or a rejection with {@link TooSlowError} after `ms`. Work that throws at once rejects too. */
export function withinTime<T>(clock: Clock, ms: number, work: () => T | PromiseLike<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () => reject(new TooSlowError(`it took longer than ${ms} ms`)));
    new Promise<T>((settle) => settle(work())).then(resolve, reject).finally(cancel);
  });
}
