import Database from 'better-sqlite3';
import { onTestFinished } from 'vitest';
import { databasePath } from '../sqlite/open-database.ts';

/** Holds the database of a data directory for writing, as another process may, until the returned function is called. */
export function holdDatabase(dataDir: string): () => void {
  const other = new Database(databasePath(dataDir));
  onTestFinished(() => void other.close());
  other.exec('BEGIN IMMEDIATE');
  return () => void other.exec('ROLLBACK');
}
