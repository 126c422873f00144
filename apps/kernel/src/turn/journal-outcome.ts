/** `fenced`: another start of the kernel owns the turn · `full`: no space · `broken`: the outcome of a write is not known. */
export type JournalFailure = 'fenced' | 'full' | 'broken';

/** Rejects what was handed to a journal that can no longer store it, or behind the turn's end (`closed`). */
export class JournalError extends Error {
  readonly failure: JournalFailure | 'closed';

  constructor(failure: JournalFailure | 'closed') {
    super(`turn events were not stored: ${failure}`);
    this.name = 'JournalError';
    this.failure = failure;
  }
}

export interface Settled {
  readonly promise: Promise<void>;
  resolve(): void;
  reject(error: JournalError): void;
}

export function createSettled(): Settled {
  let resolve = () => {};
  let reject = (_: JournalError) => {};
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  // A failure also reaches the turn by `onFailure`; nobody has to wait for each event.
  promise.catch(() => {});
  return { promise, resolve, reject };
}

export function refused(failure: JournalFailure | 'closed'): Promise<void> {
  const promise = Promise.reject(new JournalError(failure));
  promise.catch(() => {});
  return promise;
}
