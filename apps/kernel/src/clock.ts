import { performance } from 'node:perf_hooks';
import type { Clock } from './ports.ts';

/** Node's timers count no further and fire at once when they are asked to. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** One timer, or for a longer wait one behind the other. The returned function cancels whichever is running. */
function chainTimers(ms: number, callback: () => void): () => void {
  let timer: NodeJS.Timeout;
  const wait = (left: number) => {
    timer =
      left > LONGEST_TIMER_MS
        ? setTimeout(() => wait(left - LONGEST_TIMER_MS), LONGEST_TIMER_MS)
        : setTimeout(callback, left);
  };
  wait(ms);
  return () => clearTimeout(timer);
}

/** The operating system's time. The only place of the kernel that reads it or starts a timer. */
export const systemClock: Clock = {
  wall(): number {
    return Date.now();
  },
  mono(): number {
    return performance.now();
  },
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const onAbort = () => {
        cancel();
        reject(signal?.reason);
      };
      const cancel = chainTimers(ms, () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      });
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  },
  after: chainTimers,
};
