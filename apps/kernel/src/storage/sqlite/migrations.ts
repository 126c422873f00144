import { fileURLToPath } from 'node:url';
import type Database from 'better-sqlite3';
import { getTableColumns, getTableName } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { migrate } from 'drizzle-orm/better-sqlite3/migrator';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { crashPoint } from '../../crash-point.ts';
import * as schema from '../schema.ts';
import { StoreRefusedError } from '../store-refused-error.ts';

/** Beside `src` and beside `dist`: the same way from here in the sources and in the build. */
const migrationsFolder = fileURLToPath(new URL('../../../drizzle', import.meta.url));

/** Throws when a newer version of this code has changed the database already. */
export function checkSchemaVersion(database: Database.Database): void {
  const known = new Set(readMigrationFiles({ migrationsFolder }).map((migration) => migration.folderMillis));
  const unknown = appliedMigrations(database).filter((when) => !known.has(when));
  if (unknown.length > 0) {
    throw new StoreRefusedError(
      `The database ${database.name} was written by a newer version of Dispatch. Start that version, or restore a backup made before the upgrade.`,
    );
  }
}

/** Brings the tables up to this code's schema, in one transaction. */
export function applyMigrations(database: Database.Database): void {
  if (pendingMigrations(database) === 0) return;
  // A table that is rebuilt is dropped on the way, which foreign keys would read as deleting its rows.
  database.pragma('foreign_keys = OFF');
  try {
    crashPoint('before-migrate');
    migrate(drizzle(database), { migrationsFolder });
    crashPoint('after-migrate');
  } finally {
    database.pragma('foreign_keys = ON');
  }
  const orphans = database.pragma('foreign_key_check') as unknown[];
  if (orphans.length > 0) {
    throw new StoreRefusedError(
      `Migrating ${database.name} left ${orphans.length} rows without their parents. Restore the backup made before the upgrade.`,
    );
  }
}

/** How many steps the tables are behind this code's schema. */
export function pendingMigrations(database: Database.Database): number {
  const applied = new Set(appliedMigrations(database));
  return readMigrationFiles({ migrationsFolder }).filter(({ folderMillis }) => !applied.has(folderMillis))
    .length;
}

/** Throws SQLite's error when a table or a column is not there: asked now, not by the first request that needs it. */
export function checkTables(database: Database.Database): void {
  for (const table of Object.values(schema)) {
    // In double quotes SQLite would take a name it does not know for a text.
    const columns = Object.values(getTableColumns(table)).map(({ name }) => `\`${name}\``);
    database.prepare(`select ${columns.join(', ')} from \`${getTableName(table)}\``);
  }
}

function appliedMigrations(database: Database.Database): number[] {
  const exists = database
    .prepare("select 1 from sqlite_master where type = 'table' and name = '__drizzle_migrations'")
    .get();
  if (exists === undefined) return [];
  return database
    .prepare('select created_at from __drizzle_migrations')
    .pluck()
    .all()
    .map((createdAt) => Number(createdAt));
}
