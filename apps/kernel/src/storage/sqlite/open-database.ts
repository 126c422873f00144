import { chmodSync, closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { crashPoint } from '../../crash-point.ts';
import type { Ids } from '../../ports.ts';
import { StoreRefusedError } from '../store-refused-error.ts';
import { nextBoot } from './boot.ts';
import { lostCommits } from './lost-commits.ts';
import { applyMigrations, checkSchemaVersion, checkTables } from './migrations.ts';
import { BUSY_TIMEOUT_MS, checkPragmas, setPragmas } from './pragmas.ts';
import { twiceOnReadError } from './twice-on-read-error.ts';

const EPOCH_BYTES = 16;
const RESTORE = 'Restore it from a backup, or move it away to start with an empty store.';

/** Where the database of a data directory lies. */
export const databasePath = (dataDir: string) => join(dataDir, 'dispatch.db');

/**
 * Opens the database of this data directory, made first if there is none; refuses anything it could harm. When it throws, it may be tried again: what it
 * made so far is whole or is made anew.
 */
export function openDatabase(dataDir: string, ids: Ids): Database.Database {
  const path = databasePath(dataDir);
  if (!existsSync(path)) createDatabase(dataDir, path, ids);
  // SQLite takes an empty file for a new database. Ours never is empty, so this one lost its content.
  if (statSync(path).size === 0) throw new StoreRefusedError(`The database ${path} is empty. ${RESTORE}`);
  chmodSync(path, 0o600);
  try {
    return twiceOnReadError(() => openChecked(path));
  } catch (error) {
    throw refusalOf(error, path);
  }
}

function openChecked(path: string): Database.Database {
  const options = { fileMustExist: true, timeout: BUSY_TIMEOUT_MS };
  if (hasLog(path)) {
    checkLog(path);
    // Closing a connection that may write moves the log into the file, and what is refused must stay as it is.
    inspect(new Database(path, { ...options, readonly: true }), (database) => database.close());
  }
  return inspect(new Database(path, options), (database) => {
    setPragmas(database);
    applyMigrations(database);
    checkPragmas(database);
    checkTables(database);
  });
}

/** Looks whether the database is ours and whole enough to begin with, then goes on with it; closed when anything is refused. */
function inspect(
  database: Database.Database,
  then: (database: Database.Database) => void,
): Database.Database {
  try {
    checkIdentity(database);
    checkSchemaVersion(database);
    nextBoot(database);
    then(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function hasLog(path: string): boolean {
  return (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

function checkLog(path: string): void {
  const lost = lostCommits(`${path}-wal`);
  if (lost === 0) return;
  throw new StoreRefusedError(
    `${path}-wal is damaged: at least ${lost} committed changes behind the damage can no longer be read. Restore the data directory from a backup. ` +
      `To go on without them, keep a copy of the directory and run: sqlite3 ${path} 'PRAGMA wal_checkpoint(TRUNCATE)'`,
  );
}

/**
 * Builds the database aside and renames it into place when it is whole, so that a crash on the way leaves none rather
 * than half of one.
 */
function createDatabase(dataDir: string, path: string, ids: Ids): void {
  const orphan = ['-wal', '-journal'].map((suffix) => path + suffix).find((file) => existsSync(file));
  if (orphan !== undefined) {
    throw new StoreRefusedError(
      `${path} is missing, but ${orphan} belongs to it and may hold its newest data. Put the database back, or move that file away too.`,
    );
  }
  const draft = `${path}.new`;
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(draft + suffix, { force: true });
  const database = new Database(draft);
  try {
    chmodSync(draft, 0o600);
    setPragmas(database);
    applyMigrations(database);
    const insert = database.prepare('insert into meta (key, value) values (?, ?)');
    database.transaction(() => {
      insert.run('epoch', ids.random(EPOCH_BYTES));
      insert.run('boot-counter', '0');
    })();
  } finally {
    database.close();
  }
  crashPoint('before-rename');
  renameSync(draft, path);
  crashPoint('after-rename');
  const directory = openSync(dataDir, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

/** Throws unless it is a database of ours. Reads only: a file that turns out not to be ours must stay as it is. */
export function checkIdentity(database: Database.Database): void {
  const ours = database
    .prepare("select count(*) from sqlite_master where type = 'table' and name in ('meta', 'conversation')")
    .pluck()
    .get();
  if (ours !== 2) {
    throw new StoreRefusedError(`${database.name} is a database, but not one of Dispatch. ${RESTORE}`);
  }
}

/** What an operator is told of an error that came while the database was opened. */
export function refusalOf(error: unknown, path: string): unknown {
  const code = error instanceof Database.SqliteError ? error.code : '';
  if (code.startsWith('SQLITE_NOTADB') || code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_ERROR') {
    return new StoreRefusedError(`${path} is damaged or is no database. ${RESTORE}`, { cause: error });
  }
  if (code === 'SQLITE_READONLY' || code.startsWith('SQLITE_CANTOPEN')) {
    return new StoreRefusedError(`${path} cannot be opened for writing (${code}).`, { cause: error });
  }
  return error;
}
