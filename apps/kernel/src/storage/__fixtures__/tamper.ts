import { readFileSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { databasePath } from '../sqlite/open-database.ts';

const PAGE = 4_096;

/** Changes a database behind the back of whoever has it open, as a failing disk does. */
export function tamper(dataDir: string, sql: string): void {
  const database = new Database(databasePath(dataDir));
  database.pragma('foreign_keys = OFF');
  database.exec(sql);
  database.close();
}

/** Overwrites the page where a table or index begins. */
export function zeroRootOf(dataDir: string, name: string): void {
  const path = databasePath(dataDir);
  const database = new Database(path);
  const root = database.prepare('select rootpage from sqlite_master where name = ?').pluck().get(name);
  database.close();
  const bytes = readFileSync(path);
  bytes.fill(0, (Number(root) - 1) * PAGE, Number(root) * PAGE);
  writeFileSync(path, bytes);
}
