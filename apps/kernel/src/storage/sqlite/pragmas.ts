import type Database from 'better-sqlite3';
import { StoreRefusedError } from '../store-refused-error.ts';

/** SQLite would wait for a lock with the whole kernel standing still. Whoever wants to wait does it outside, by the clock. */
export const BUSY_TIMEOUT_MS = 0;

/** Keeps a burst from leaving a write-ahead log behind that every later start would have to read. */
const WAL_BYTES = 16 * 1024 * 1024;

/** What durability rests on, as it must read back. better-sqlite3's own default in WAL is synchronous=NORMAL. */
const REQUIRED = { journal_mode: 'wal', synchronous: 2, foreign_keys: 1 } as const;

export function setPragmas(database: Database.Database): void {
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.pragma('foreign_keys = ON');
  database.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
  database.pragma(`journal_size_limit = ${WAL_BYTES}`);
}

/** Throws unless the connection keeps what the store promises. */
export function checkPragmas(database: Database.Database): void {
  for (const [name, required] of Object.entries(REQUIRED)) {
    const actual = database.pragma(name, { simple: true });
    if (actual !== required) throw refusal(database, name, actual, String(required));
  }
  const timeout = database.pragma('busy_timeout', { simple: true });
  if (typeof timeout !== 'number' || timeout > BUSY_TIMEOUT_MS) {
    throw refusal(database, 'busy_timeout', timeout, `at most ${BUSY_TIMEOUT_MS}`);
  }
}

function refusal(database: Database.Database, name: string, actual: unknown, required: string) {
  return new StoreRefusedError(
    `The database ${database.name} runs with ${name}=${String(actual)}, but ${required} is needed to keep acknowledged data. ` +
      'Put the data directory on a local file system that supports shared memory and locks.',
  );
}
