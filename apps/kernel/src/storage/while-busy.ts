import type { Clock } from '../ports.ts';
import { isBusy } from './sqlite/connection.ts';

const PAUSE_MS = 50;

/** Another process holds the database for writing. Nothing was written, so the same may be tried again. */
export class StoreBusyError extends Error {
  override readonly name = 'StoreBusyError';
}

/**
 * Does what may find the database held by another process: a backup, somebody's SQLite shell. Tried at once and then again every 50 ms, without
 * holding up anything else meanwhile, for about `patienceMs`; then {@link StoreBusyError}.
 */
export async function whileBusy<T>(clock: Clock, patienceMs: number, work: () => T): Promise<T> {
  for (let pauses = Math.ceil(patienceMs / PAUSE_MS); ; pauses -= 1) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (pauses <= 0) throw new StoreBusyError('another process holds the database', { cause: error });
    }
    await clock.sleep(PAUSE_MS);
  }
}
