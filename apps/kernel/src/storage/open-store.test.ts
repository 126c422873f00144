import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { generateSQLiteDrizzleJson, generateSQLiteMigration } from 'drizzle-kit/api';
import { describe, expect, it, vi } from 'vitest';
import { openTestStore, startTurn, tempDir } from './__fixtures__/test-store.ts';
import * as schema from './schema.ts';
import { checkPragmas, setPragmas } from './sqlite/pragmas.ts';
import { StoreRefusedError } from './store-refused-error.ts';

const mode = (path: string) => statSync(path).mode & 0o777;

describe('D10: the store opens durable or not at all', () => {
  const connection = () => {
    const database = new Database(join(tempDir(), 'any.db'));
    setPragmas(database);
    return database;
  };

  it('accepts a connection with every pragma in force', () => {
    expect(() => checkPragmas(connection())).not.toThrow();
  });

  it.each([
    ['synchronous = NORMAL', 'synchronous=1'],
    ['foreign_keys = OFF', 'foreign_keys=0'],
    ['journal_mode = DELETE', 'journal_mode=delete'],
    ['busy_timeout = 5000', 'busy_timeout=5000'],
  ])('refuses %s', (pragma, named) => {
    const database = connection();
    database.pragma(pragma);
    expect(() => checkPragmas(database)).toThrow(StoreRefusedError);
    expect(() => checkPragmas(database)).toThrow(named);
  });

  it('D10: openStore itself refuses, and counts no start', async () => {
    const dataDir = tempDir();
    await (await openTestStore(dataDir)).close();
    const pragma = Database.prototype.pragma;
    const deaf = vi.spyOn(Database.prototype, 'pragma').mockImplementation(function (
      this: Database.Database,
      ...args
    ) {
      return args[0] === 'synchronous = FULL' ? [] : pragma.apply(this, args);
    });
    await expect(openTestStore(dataDir)).rejects.toThrow(/synchronous=1/);
    deaf.mockRestore();
    expect((await openTestStore(dataDir)).fence).toBe(2);
  });

  it('refuses storage that cannot hold a write-ahead log', () => {
    const database = new Database(':memory:');
    setPragmas(database);
    expect(() => checkPragmas(database)).toThrow('journal_mode=memory');
  });
});

describe('openStore', () => {
  it('makes directory and files private and leaves no draft behind', async () => {
    const dataDir = join(tempDir(), 'deep', 'data');
    const store = await openTestStore(dataDir);
    await startTurn(store, 'c1', 't1');
    expect(mode(dataDir)).toBe(0o700);
    const files = readdirSync(dataDir).sort();
    expect(files).toEqual(['dispatch.db', 'dispatch.db-shm', 'dispatch.db-wal']);
    expect(files.map((file) => mode(join(dataDir, file)))).toEqual([0o600, 0o600, 0o600]);
  });

  it('closes a directory and a database that others could read', async () => {
    const dataDir = tempDir();
    await (await openTestStore(dataDir)).close();
    chmodSync(dataDir, 0o755);
    chmodSync(join(dataDir, 'dispatch.db'), 0o644);
    await openTestStore(dataDir);
    expect([mode(dataDir), mode(join(dataDir, 'dispatch.db'))]).toEqual([0o700, 0o600]);
  });

  it('refuses a directory shared by all users', async () => {
    const dataDir = tempDir();
    chmodSync(dataDir, 0o1777);
    await expect(openTestStore(dataDir)).rejects.toThrow(/shared by all users/);
    expect(readdirSync(dataDir)).toEqual([]);
  });

  it('keeps its epoch and counts its starts', async () => {
    const dataDir = tempDir();
    const first = await openTestStore(dataDir);
    await first.close();
    const second = await openTestStore(dataDir);
    expect(first.epoch).toMatch(/^[0-9a-f]{32}$/);
    expect(second.epoch).toBe(first.epoch);
    expect([first.fence, second.fence]).toEqual([1, 2]);
    expect((await openTestStore()).epoch).not.toBe(first.epoch);
  });

  it('leaves one file behind when closed, and closes twice without harm', async () => {
    const dataDir = tempDir();
    const store = await openTestStore(dataDir);
    await store.close();
    await store.close();
    expect(readdirSync(dataDir)).toEqual(['dispatch.db']);
  });

  it('begins anew when a crash left a half-made database aside', async () => {
    const dataDir = tempDir();
    writeFileSync(join(dataDir, 'dispatch.db.new'), 'half');
    writeFileSync(join(dataDir, 'dispatch.db.new-journal'), 'half');
    const store = await openTestStore(dataDir);
    expect(store.fence).toBe(1);
  });

  it('ships migrations that are up to date with the schema', async () => {
    const folder = join(import.meta.dirname, '../../drizzle/meta');
    const newest = readdirSync(folder)
      .filter((name) => name.endsWith('_snapshot.json'))
      .sort()
      .at(-1);
    const shipped = JSON.parse(readFileSync(join(folder, newest ?? ''), 'utf8'));
    const declared = await generateSQLiteDrizzleJson(schema);
    expect(await generateSQLiteMigration(shipped, declared)).toEqual([]);
  });
});

describe('openStore refuses and changes nothing', () => {
  const refused = async (dataDir: string, message: RegExp) => {
    const path = join(dataDir, 'dispatch.db');
    const before = existsSync(path) ? readFileSync(path) : undefined;
    await expect(openTestStore(dataDir)).rejects.toThrow(StoreRefusedError);
    await expect(openTestStore(dataDir)).rejects.toThrow(message);
    expect(existsSync(path) ? readFileSync(path) : undefined).toEqual(before);
  };

  const written = async () => {
    const dataDir = tempDir();
    const store = await openTestStore(dataDir);
    await startTurn(store, 'c1', 't1');
    await store.close();
    return { dataDir, path: join(dataDir, 'dispatch.db') };
  };

  it('a file that is no database', async () => {
    const dataDir = tempDir();
    writeFileSync(join(dataDir, 'dispatch.db'), 'x'.repeat(8192));
    await refused(dataDir, /no database.*Restore it from a backup/);
  });

  it('a database that was emptied', async () => {
    const { dataDir, path } = await written();
    truncateSync(path, 0);
    await refused(dataDir, /is empty/);
  });

  it('a database with a zeroed first page', async () => {
    const { dataDir, path } = await written();
    writeFileSync(path, readFileSync(path).fill(0, 0, 4096));
    await refused(dataDir, /no database/);
  });

  it('a database that was cut short', async () => {
    const { dataDir, path } = await written();
    truncateSync(path, 5000);
    await refused(dataDir, /damaged/);
  });

  it('the database of another program', async () => {
    const dataDir = tempDir();
    const database = new Database(join(dataDir, 'dispatch.db'));
    database.exec('create table photos (id integer)');
    database.close();
    await refused(dataDir, /not one of Dispatch/);
  });

  it('a schema newer than this code', async () => {
    const { dataDir, path } = await written();
    const database = new Database(path);
    database.exec("insert into __drizzle_migrations (hash, created_at) values ('later', 9999999999999)");
    database.close();
    await refused(dataDir, /newer version of Dispatch/);
  });

  it('a write-ahead log whose database is gone', async () => {
    const dataDir = tempDir();
    writeFileSync(join(dataDir, 'dispatch.db-wal'), 'log');
    await refused(dataDir, /is missing/);
    expect(readFileSync(join(dataDir, 'dispatch.db-wal'), 'utf8')).toBe('log');
  });
});
