import type { Clock, Log, Store } from './ports.ts';

/** How long the events of a sealed turn stay, so that late watchers can be brought up to it. Counted while a kernel runs, see {@link Store.age}. */
export const RETENTION_MS = 24 * 3_600_000;

const FIRST_SWEEP_MS = 60_000;
const SWEEP_EVERY_MS = 10 * 60_000;
/** Between two bounded deletions, so that turns get their commits in. */
const PAUSE_MS = 20;

/** Deletes what has expired, a little at a time, until the returned function is called. */
export function startRetention({ store, clock, log }: { store: Store; clock: Clock; log: Log }): () => void {
  const stopped = new AbortController();
  let cancel = clock.after(FIRST_SWEEP_MS, () => void sweep());

  async function sweep(): Promise<void> {
    try {
      while (!stopped.signal.aborted && (await store.trim(store.age() - RETENTION_MS, store.age()))) {
        await clock.sleep(PAUSE_MS, stopped.signal);
      }
    } catch (error) {
      if (!stopped.signal.aborted) log.error({ err: error }, 'what has expired could not be deleted');
    }
    if (!stopped.signal.aborted) cancel = clock.after(SWEEP_EVERY_MS, () => void sweep());
  }

  return () => {
    stopped.abort();
    cancel();
  };
}
