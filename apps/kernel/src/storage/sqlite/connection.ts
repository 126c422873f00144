import Database from 'better-sqlite3';
import { crashPoint } from '../../crash-point.ts';
import type { Step } from '../../ports.ts';
import { statementRunner } from './statement-runner.ts';

/** How a transaction ends, and what it gave. */
export interface Ending<T> {
  readonly keep: boolean;
  readonly value: T;
}

/** One SQLite connection and the statements it has prepared. Synchronous to the bottom: nothing can come in between. */
export interface Connection {
  readonly database: Database.Database;
  /** Runs a step to its end and gives its value; outside a transaction each statement is its own. */
  drive<T>(step: Step<T>): T;
  /** Runs `work` inside BEGIN IMMEDIATE. Kept or rolled back as it says; rolled back when it throws. */
  immediate<T>(work: () => Ending<T>): T;
  /**
   * To be called behind a commit that failed. It may have failed behind its last flush, and lies whole in the log: a crash would bring it back, unless
   * something is written over it.
   */
  overwriteFailed(): void;
}

/** The system could not flush. What it flushed before is unknown too, so the process must end and recover from the log. */
export class StoreFailedError extends Error {
  override readonly name = 'StoreFailedError';
}

/** The disk, or what we may use of it, is full; a quota shows as a write that fails. */
const FULL = new Set(['SQLITE_FULL', 'SQLITE_IOERR_WRITE', 'SQLITE_IOERR_SHMSIZE']);
const FLUSH_FAILED = new Set(['SQLITE_IOERR_FSYNC', 'SQLITE_IOERR_DIR_FSYNC']);

export function isDiskFull(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Database.SqliteError && FULL.has(error.code);
}

/** Another process holds the lock that this needs. */
export function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
}

/** `onFailed` is told at once, before anybody else learns of it; nothing is written behind it. */
export function connect(
  database: Database.Database,
  onFailed: (failure: StoreFailedError) => void = () => undefined,
): Connection {
  const execute = statementRunner(database);
  const begin = database.prepare('BEGIN IMMEDIATE');
  const commit = database.prepare('COMMIT');
  const rollback = database.prepare('ROLLBACK');
  let failure: StoreFailedError | undefined;
  /** Whether the log may hold a commit that failed. */
  let hasFailed = false;

  function drive<T>(step: Step<T>): T {
    let next = step.next([]);
    while (!next.done) next = step.next(execute(next.value));
    return next.value;
  }

  function immediate<T>(work: () => Ending<T>): T {
    if (failure) throw failure;
    begin.run();
    let isCommitting = false;
    try {
      const { keep, value } = work();
      crashPoint('before-commit');
      isCommitting = keep;
      (keep ? commit : rollback).run();
      crashPoint('after-commit');
      if (keep) hasFailed = false;
      return value;
    } catch (error) {
      hasFailed ||= isCommitting;
      // SQLite itself has rolled back after some errors, a full disk among them.
      if (database.inTransaction) rollback.run();
      if (error instanceof Database.SqliteError && FLUSH_FAILED.has(error.code)) {
        failure = new StoreFailedError('The disk refused to flush; the store takes no more writes.', {
          cause: error,
        });
        onFailed(failure);
        throw failure;
      }
      throw error;
    }
  }

  function overwriteFailed(): void {
    if (!hasFailed || failure) return;
    try {
      // Changes nothing, and writes a page all the same.
      const version = Number(database.pragma('user_version', { simple: true }));
      immediate(() => ({ keep: true, value: database.pragma(`user_version = ${version}`) }));
    } catch {
      // Then the next commit does it.
    }
  }

  return { database, drive, immediate, overwriteFailed };
}
