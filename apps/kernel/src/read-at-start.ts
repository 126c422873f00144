import type { Log } from './ports.ts';
import { DamagedRowError } from './storage/rows.ts';

/** What a start reads, or `without` when it lies on a broken page: a kernel that can serve the rest starts, and says what it did not read. */
export async function readAtStart<T>(log: Log, what: string, read: () => Promise<T>, without: T): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof DamagedRowError)) throw error;
    log.error({ err: error }, `${what} cannot be read: starting without`);
    return without;
  }
}
