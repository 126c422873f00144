import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { tamper } from './__fixtures__/tamper.ts';
import { openTestStore, tempDir, writeTurn } from './__fixtures__/test-store.ts';
import { lockDataDirectory } from './data-lock.ts';
import { inspectLock } from './inspect-lock.ts';
import { inspectDatabase } from './sqlite/inspect-database.ts';

const free = () => false;
const holder = join(import.meta.dirname, '__fixtures__/lock-holder.ts');

/** Every file with what is in it and when it changed, so that a write anywhere shows. */
const snapshot = (dataDir: string) =>
  readdirSync(dataDir)
    .sort()
    .map((name) => {
      const { size, mtimeMs, mode, uid } = statSync(join(dataDir, name));
      return { name, size, mtimeMs, mode, uid };
    });

async function storeWithTurns(turns = 3): Promise<string> {
  const dataDir = tempDir();
  const store = await openTestStore(dataDir);
  for (let index = 0; index < turns; index += 1) {
    await writeTurn(store, `c${index}`, `t${index}`, ['word '.repeat(200)]);
  }
  await store.close();
  return dataDir;
}

/** What a kernel that was killed leaves: a database whose newest part is in the write-ahead log. */
async function killedStore(): Promise<string> {
  const dataDir = tempDir();
  const store = await openTestStore(dataDir);
  await writeTurn(store, 'c1', 't1', ['kept']);
  const left = tempDir();
  for (const name of readdirSync(dataDir).filter((file) => !file.endsWith('-shm'))) {
    copyFileSync(join(dataDir, name), join(left, name));
  }
  expect(statSync(join(left, 'dispatch.db-wal')).size).toBeGreaterThan(0);
  return left;
}

async function startHolder(dataDir: string): Promise<ChildProcess & { readonly answer: string }> {
  const child = spawn(
    process.execPath,
    ['--conditions=@dispatch/source', '--import', 'tsx', holder, dataDir],
    {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  const [answer] = await once(child, 'message');
  return Object.assign(child, { answer: String(answer) });
}

describe('looking at the lock', () => {
  it('tells who holds it, and that nobody does', async () => {
    const dataDir = tempDir();
    expect(inspectLock(dataDir)).toEqual({ held: false });
    const child = await startHolder(dataDir);
    expect(inspectLock(dataDir)).toEqual({ held: true, pid: child.pid });
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(inspectLock(dataDir)).toEqual({ held: false });
  });

  it('never keeps a kernel that starts meanwhile from its lock', async () => {
    const dataDir = tempDir();
    lockDataDirectory(dataDir).release();
    let looking = true;
    const looks = (async () => {
      for (; looking; await new Promise((resolve) => setImmediate(resolve))) inspectLock(dataDir);
    })();
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const child = await startHolder(dataDir);
      expect(child.answer).toBe('held');
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    looking = false;
    await looks;
  });
});

describe('looking at the database', () => {
  it('S-60: tells an audit trail of which an entry was changed or taken out, also where SQLite finds nothing', async () => {
    const dataDir = tempDir();
    const store = await openTestStore(dataDir);
    const draft = { actor: 'usr_a', action: 'token.created', target: null, detail: {} };
    for (let commit = 0; commit < 3; commit += 1) {
      await store.commit({
        *plan() {
          return { audit: Array.from({ length: 250 }, () => draft), result: null };
        },
      });
    }
    await store.close();
    expect(inspectDatabase(dataDir, free)).not.toHaveProperty('damagedAudit');
    tamper(dataDir, "update audit set actor = 'usr_b' where seq = 620");
    expect(inspectDatabase(dataDir, free)).toMatchObject({ found: [], damagedAudit: 620 });
    tamper(dataDir, 'delete from audit where seq = 4');
    expect(inspectDatabase(dataDir, free)).toMatchObject({ damagedAudit: 4 });
  });

  it('reads a stopped one without writing beside it, and leaves no copy', async () => {
    const dataDir = await storeWithTurns();
    const before = snapshot(dataDir);
    process.env['TMPDIR'] = tempDir();
    onTestFinished(() => void delete process.env['TMPDIR']);
    expect(inspectDatabase(dataDir, free)).toEqual({
      state: 'readable',
      bytes: expect.any(Number),
      walBytes: 0,
      pendingMigrations: 0,
      epoch: expect.stringMatching(/^[\da-f]{32}$/),
      found: [],
    });
    expect(snapshot(dataDir)).toEqual(before);
    expect(readdirSync(tmpdir())).toEqual([]);
  });

  it('reads what a killed kernel left in the write-ahead log, and leaves it there', async () => {
    const dataDir = await killedStore();
    const before = snapshot(dataDir);
    const facts = inspectDatabase(dataDir, free);
    expect(facts).toMatchObject({ state: 'readable', found: [] });
    expect(facts).toHaveProperty('walBytes', statSync(join(dataDir, 'dispatch.db-wal')).size);
    expect(snapshot(dataDir)).toEqual(before);
  });

  it('reads beside a store that is open', async () => {
    const dataDir = tempDir();
    const store = await openTestStore(dataDir);
    await writeTurn(store, 'c1', 't1', ['one']);
    const before = snapshot(dataDir);
    expect(inspectDatabase(dataDir, () => true)).toMatchObject({
      state: 'readable',
      epoch: store.epoch,
      found: [],
    });
    expect(snapshot(dataDir)).toEqual(before);
    await writeTurn(store, 'c2', 't2', ['the store goes on']);
  });

  it('D14: copies a database only while no kernel runs', async () => {
    const dataDir = await storeWithTurns();
    const before = snapshot(dataDir);
    const asked: boolean[] = [];
    const startsMeanwhile = () => asked.push(true) > 1;
    expect(inspectDatabase(dataDir, startsMeanwhile)).toMatchObject({
      state: 'readable',
      found: null,
      leftOut: 'a kernel is just starting or ending',
    });
    expect(asked).toHaveLength(2);
    expect(inspectDatabase(dataDir, () => true)).toMatchObject({ found: null });
    expect(snapshot(dataDir)).toEqual(before);
  });

  it('tells an absent one from one that was lost', () => {
    const dataDir = tempDir();
    expect(inspectDatabase(dataDir, free)).toEqual({ state: 'absent' });
    writeFileSync(join(dataDir, 'dispatch.db-wal'), 'newest data');
    expect(inspectDatabase(dataDir, free)).toEqual({
      state: 'absent',
      orphan: join(dataDir, 'dispatch.db-wal'),
    });
  });

  it('tells what is wrong with one that cannot be read', async () => {
    const dataDir = tempDir();
    const path = join(dataDir, 'dispatch.db');
    writeFileSync(path, '');
    expect(inspectDatabase(dataDir, free)).toEqual({ state: 'damaged', reason: `${path} is empty` });
    writeFileSync(path, 'no database, and longer than a header'.repeat(100));
    expect(inspectDatabase(dataDir, free)).toMatchObject({ state: 'damaged' });
    rmSync(path);
    const foreign = new Database(path);
    foreign.exec('create table theirs (a)');
    foreign.close();
    expect(inspectDatabase(dataDir, free)).toEqual({
      state: 'refused',
      reason: expect.stringContaining(`${path} is a database, but not one of Dispatch.`),
    });
    rmSync(path);
    mkdirSync(path);
    expect(inspectDatabase(dataDir, free)).toMatchObject({ state: 'unreadable' });
  });

  it('tells a database of a newer version, and one with steps to go', async () => {
    const dataDir = await storeWithTurns();
    tamper(dataDir, `insert into __drizzle_migrations (hash, created_at) values ('newer', 9999999999999)`);
    expect(inspectDatabase(dataDir, free)).toMatchObject({
      state: 'refused',
      reason: expect.stringContaining('newer version of Dispatch'),
    });
    tamper(dataDir, 'delete from __drizzle_migrations');
    expect(inspectDatabase(dataDir, free)).toMatchObject({
      state: 'readable',
      pendingMigrations: expect.any(Number),
    });
  });

  it('finds pages that are damaged behind a sound header', async () => {
    const dataDir = await storeWithTurns(40);
    const path = join(dataDir, 'dispatch.db');
    const bytes = readFileSync(path);
    // Everything behind the schema's page, as a disk that returns another file's blocks.
    for (let at = 4 * 4096; at < bytes.length; at += 1) bytes[at] = (at * 31) % 251;
    writeFileSync(path, bytes);
    const facts = inspectDatabase(dataDir, free);
    if (facts.state === 'readable') expect(facts.found?.length).toBeGreaterThan(0);
    else expect(facts.state).toBe('damaged');
  });

  it('leaves out a copy that would be too large', async () => {
    const dataDir = await storeWithTurns();
    // Sparse: nothing is written but the size.
    truncateSync(join(dataDir, 'dispatch.db'), 300 * 1024 * 1024);
    expect(inspectDatabase(dataDir, free)).toMatchObject({
      state: 'readable',
      found: null,
      epoch: null,
      leftOut: expect.stringContaining('315 MB'),
    });
  });
});
