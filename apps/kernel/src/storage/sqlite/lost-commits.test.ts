import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, describe, expect, it } from 'vitest';
import { lostCommits } from './lost-commits.ts';

const FRAME = 24 + 4_096;
const directory = mkdtempSync(join(tmpdir(), 'dispatch-log-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Forty commits of one row each, as a crash leaves them, and the log's bytes. */
const wal = (() => {
  const path = join(directory, 'made.db');
  const database = new Database(path);
  database.pragma('journal_mode = WAL');
  database.exec('create table t (text)');
  database.pragma('wal_checkpoint(TRUNCATE)');
  const insert = database.prepare('insert into t values (?)');
  for (let row = 0; row < 40; row += 1) insert.run('x'.repeat(row * 100));
  copyFileSync(`${path}-wal`, join(directory, 'kept'));
  database.close();
  return readFileSync(join(directory, 'kept'));
})();

function lostOf(bytes: Buffer): number {
  const path = join(directory, 'tried');
  writeFileSync(path, bytes);
  return lostCommits(path);
}

function changed(at: number, change = 0x10): Buffer {
  const bytes = Buffer.from(wal);
  bytes[at] = (bytes[at] ?? 0) ^ change;
  return bytes;
}

describe('D1: commits that damage in the write-ahead log hides', () => {
  it('are none in a whole log, nor in none', () => {
    expect(wal.length).toBeGreaterThan(40 * FRAME);
    expect(lostOf(wal)).toBe(0);
    expect(lostOf(Buffer.alloc(0))).toBe(0);
  });

  it.each([
    ['a page', 32 + 3 * FRAME + 100],
    ['the number of a page', 32 + 3 * FRAME + 2],
    ['the salts of a frame', 32 + 3 * FRAME + 9],
    ['the checksum of a frame', 32 + 3 * FRAME + 17],
    ['the magic number', 2],
    ['the page size', 10],
    ['the salts of the header', 17],
    ['the checksum of the header', 25],
  ])('are found behind one wrong bit in %s', (_, at) => {
    expect(lostOf(changed(at))).toBeGreaterThan(30);
  });

  it('are found behind a stretch of zeros', () => {
    expect(lostOf(Buffer.from(wal).fill(0, 20_000, 40_000))).toBeGreaterThan(20);
  });

  it('are not taken for lost where a power cut ended the log', () => {
    for (let end = 0; end < wal.length; end += 997)
      expect(lostOf(wal.subarray(0, end)), `cut at ${end}`).toBe(0);
    const last = wal.length - FRAME;
    expect(lostOf(changed(last + 200))).toBe(0);
    expect(lostOf(Buffer.from(wal).fill(0, last - FRAME, last))).toBe(0);
  });

  it('are not taken for lost where an older log was begun anew', () => {
    const path = join(directory, 'again.db');
    const database = new Database(path);
    database.pragma('journal_mode = WAL');
    database.exec('create table t (text)');
    const insert = database.prepare('insert into t values (?)');
    for (let row = 0; row < 40; row += 1) insert.run('x'.repeat(2_000));
    database.pragma('wal_checkpoint(RESTART)');
    for (let row = 0; row < 5; row += 1) insert.run('y'.repeat(2_000));
    expect(lostCommits(`${path}-wal`)).toBe(0);
    database.close();
  });
});
