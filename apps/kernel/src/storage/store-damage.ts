import type { Log } from '../ports.ts';
import { reportOnce } from '../report-once.ts';

/** A write was refused because the store was found damaged. Nothing was written. */
export class StoreReadOnlyError extends Error {
  override readonly name = 'StoreReadOnlyError';

  constructor(cause?: unknown) {
    super('the database is damaged; the store takes no more writes', { cause });
  }
}

/** Told of a row that is not what was written and was left out of a read, each time it is met. `row` names it for an operator. */
export type OnDamagedRow = (row: string) => void;

/** Whether this start has found the database file itself damaged, beyond single rows. It never becomes whole again by itself. */
export interface StoreDamage {
  readonly found: boolean;
  /** The first finding is logged, with what to do about it, and told to whoever wants to know; later ones say nothing new. */
  report(findings: readonly string[]): void;
  /** Logs a row that was left out of a read, the first time. Damage of a row closes nothing. */
  reportRow: OnDamagedRow;
  /** Calls back when damage is found; at once if it was already. */
  whenFound(listener: () => void): void;
}

const ADVICE =
  'The database is damaged: the store takes no more writes, and what is left can be read. Stop the kernel, keep a copy of the data directory, and restore a backup.';

export function createStoreDamage(log: Log, dataDirectory: string): StoreDamage {
  const listeners: (() => void)[] = [];
  let found = false;
  return {
    get found() {
      return found;
    },
    report(findings) {
      if (found) return;
      found = true;
      log.error({ dataDirectory, findings }, ADVICE);
      for (const listener of listeners) listener();
    },
    reportRow(row) {
      reportOnce(log, row, { row }, 'a stored row is damaged and is left out');
    },
    whenFound(listener) {
      if (found) listener();
      else listeners.push(listener);
    },
  };
}
