import Database from 'better-sqlite3';

const READ_ERROR = /^SQLITE_(CORRUPT|NOTADB|IOERR_(READ|SHORT_READ|CORRUPTFS))/;

/**
 * Does it again, once, when a file could not be read: SQLite tells a read that the disk failed as damage, and only damage is there the second time.
 */
export function twiceOnReadError<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Database.SqliteError) || !READ_ERROR.test(error.code)) throw error;
    return work();
  }
}
