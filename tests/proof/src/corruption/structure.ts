import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';

/** What SQLite's own quick check says of a directory's database, looked at in a copy; empty: nothing, or it is no database. */
export function structureOf(directory: string): readonly string[] {
  const copy = mkdtempSync(join(tmpdir(), 'dispatch-structure-'));
  try {
    for (const name of ['dispatch.db', 'dispatch.db-wal']) {
      if (existsSync(join(directory, name))) copyFileSync(join(directory, name), join(copy, name));
    }
    const database = new Database(join(copy, 'dispatch.db'));
    try {
      const rows = database.pragma('quick_check') as readonly { readonly quick_check: string }[];
      return rows.map((row) => row.quick_check).filter((line) => line !== 'ok');
    } finally {
      database.close();
    }
  } catch (error) {
    return error instanceof Database.SqliteError && error.code === 'SQLITE_CORRUPT' ? [error.message] : [];
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}
