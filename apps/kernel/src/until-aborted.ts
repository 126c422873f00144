/**
 * The promise, or a rejection with the signal's reason as soon as it aborts, whichever comes first. Nothing stops what the promise stands for; it is
 * only no longer waited for.
 */
export function untilAborted<T>(promise: PromiseLike<T> | T, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    Promise.resolve(promise)
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', abort));
  });
}
