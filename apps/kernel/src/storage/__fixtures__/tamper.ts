import Database from 'better-sqlite3';
import { databasePath } from '../sqlite/open-database.ts';

/** Changes a database behind the back of whoever has it open, as a failing disk does. */
export function tamper(dataDir: string, sql: string): void {
  const database = new Database(databasePath(dataDir));
  database.pragma('foreign_keys = OFF');
  database.exec(sql);
  database.close();
}
