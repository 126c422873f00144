import { closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { prepareDataDirectory } from './data-directory.ts';
import { twiceOnReadError } from './sqlite/twice-on-read-error.ts';
import { StoreRefusedError } from './store-refused-error.ts';

/** Another process holds the data directory. */
export class DataDirectoryLockedError extends Error {
  override readonly name = 'DataDirectoryLockedError';
  readonly dataDir: string;

  constructor(dataDir: string) {
    super(`Another kernel is using ${dataDir}. Stop it, or choose another data directory.`);
    this.dataDir = dataDir;
  }
}

/** Ownership of a data directory. */
export interface DataLock {
  /** Gives the directory free before the process ends. Again: nothing happens. */
  release(): void;
}

/** Somebody who only looks whether the lock is held holds a shared one for a moment. */
const GLANCE_MS = 100;

/** A collected connection would drop its lock, so held ones are kept reachable. */
const held = new Set<Database.Database>();

/**
 * Takes the data directory for this process, or throws {@link DataDirectoryLockedError} soon and leaves everything
 * as it was. The lock is SQLite's on a file of its own, because Node has no flock: the system frees it when the process
 * dies, however it dies, and the data file stays readable for backups.
 */
export function lockDataDirectory(dataDir: string): DataLock {
  prepareDataDirectory(dataDir);
  const path = join(dataDir, 'lock.db');
  let database: Database.Database;
  try {
    // Made private here, because SQLite would follow the umask. An existing one is never opened by other means than
    // SQLite's: closing such a descriptor drops the locks this process holds on the file.
    if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600));
    database = twiceOnReadError(() => lock(path));
  } catch (error) {
    throw refusal(error, dataDir, path);
  }
  const connection = database;
  held.add(connection);
  return {
    release() {
      held.delete(connection);
      connection.close();
    },
  };
}

function lock(path: string): Database.Database {
  const database = new Database(path, { timeout: GLANCE_MS });
  try {
    // Nothing is ever written, so there is nothing to roll back; a journal's file would want room that a full disk has not.
    database.pragma('journal_mode = MEMORY');
    database.exec('BEGIN EXCLUSIVE');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function refusal(error: unknown, dataDir: string, path: string): Error {
  const code = error instanceof Database.SqliteError ? error.code : '';
  if (code.startsWith('SQLITE_BUSY')) return new DataDirectoryLockedError(dataDir);
  const reason = error instanceof Error ? error.message : String(error);
  return new StoreRefusedError(
    `The lock file ${path} cannot be used: ${reason}. It holds no data; delete it while no kernel runs.`,
    { cause: error },
  );
}
