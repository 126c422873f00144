import { describe, expect, it } from 'vitest';
import { createRandom } from '../random.ts';
import { CUT_MODES, Disk } from './disk.ts';
import type { IoRecord } from './io-log.ts';

const random = createRandom(1);
const nothing = Buffer.alloc(0);
const open = (fd: number, name: string): IoRecord => ({
  kind: 'open',
  fd,
  number: 0,
  data: Buffer.from(name),
});
const write = (fd: number, number: number, data: Buffer): IoRecord => ({ kind: 'write', fd, number, data });
const truncate = (fd: number, number: number): IoRecord => ({ kind: 'truncate', fd, number, data: nothing });
const flush = (fd: number): IoRecord => ({ kind: 'flush', fd, number: 0, data: nothing });
const unlink = (name: string): IoRecord => ({ kind: 'unlink', fd: 0, number: 0, data: Buffer.from(name) });
const rename = (from: string, to: string): IoRecord => ({
  kind: 'rename',
  fd: 0,
  number: 0,
  data: Buffer.from(`${from}\0${to}`),
});
const flushDirectory: IoRecord = { kind: 'flush-directory', fd: 9, number: 0, data: nothing };
const pages = (letter: string, count = 1) => Buffer.alloc(512 * count, letter);

function diskAfter(...records: readonly IoRecord[]): Disk {
  const disk = new Disk();
  for (const record of records) disk.apply(record);
  return disk;
}

/** All the different contents of `a` that many cuts leave; null where there is no `a`. */
function outcomes(disk: Disk, mode: (typeof CUT_MODES)[number]): Set<string | null> {
  const seen = Array.from({ length: 300 }, () => disk.cut(mode, random).get('a'));
  return new Set(
    seen.map(
      (bytes) =>
        bytes
          ?.toString('latin1')
          .replace(/(.)\1{511}/gs, '$1')
          .replaceAll('\0', '.') ?? null,
    ),
  );
}

const base = [open(3, 'a'), write(3, 0, pages('1', 3)), flush(3), flushDirectory];

describe('a power cut', () => {
  it.each(CUT_MODES)('%s: takes nothing that was flushed', (mode) => {
    expect(diskAfter(...base).unflushed).toBe(0);
    expect(outcomes(diskAfter(...base), mode)).toEqual(new Set(['111']));
  });

  it('drop: takes all that was not', () => {
    const disk = diskAfter(...base, write(3, 512, pages('2')), truncate(3, 512), unlink('a'));
    expect(disk.unflushed).toBe(3);
    expect(disk.isUnflushed('a')).toBe(false);
    expect(diskAfter(...base, truncate(3, 0)).isUnflushed('a')).toBe(true);
    expect(outcomes(disk, 'drop')).toEqual(new Set(['111']));
    expect(disk.live()).toEqual(new Map());
  });

  it('subset: takes any of it, and no write in part', () => {
    const disk = diskAfter(...base, write(3, 0, pages('2', 2)), write(3, 1024, pages('3', 2)));
    expect(outcomes(disk, 'subset')).toEqual(new Set(['111', '221', '1133', '2233']));
  });

  it('tear: takes any sector, those of the file and not of the write', () => {
    const disk = diskAfter(...base, write(3, 512, pages('2', 2)));
    expect(outcomes(disk, 'tear')).toEqual(new Set(['111', '121', '112', '122']));
    const shifted = diskAfter(...base, write(3, 256, pages('2')));
    const halves = Array.from({ length: 300 }, () => shifted.cut('tear', random).get('a'));
    expect(new Set(halves.map((bytes) => bytes?.toString('latin1', 511, 513)))).toEqual(
      new Set(['11', '21', '12', '22']),
    );
  });

  it('prefix: keeps the oldest, over all files and names, and the last of them perhaps in part', () => {
    const disk = diskAfter(...base, write(3, 0, pages('2', 2)), write(3, 1024, pages('3')), unlink('a'));
    expect(outcomes(disk, 'prefix')).toEqual(new Set(['111', '211', '221', '223', null]));
  });

  it('a file that grew without a write is zero there, and what was cut off does not come back', () => {
    expect(
      outcomes(diskAfter(...base, truncate(3, 512), write(3, 1024, pages('2')), flush(3)), 'drop'),
    ).toEqual(new Set(['1.2']));
  });

  it('names are flushed with the directory, contents with their file', () => {
    const made = [open(3, 'a.new'), write(3, 0, pages('1'))];
    expect([...diskAfter(...made, rename('a.new', 'a'), flushDirectory).cut('drop', random)]).toEqual([
      ['a', nothing],
    ]);
    expect([...diskAfter(...made, flush(3), rename('a.new', 'a')).cut('drop', random)]).toEqual([]);
    expect(outcomes(diskAfter(...made, flush(3), flushDirectory, rename('a.new', 'a')), 'subset')).toEqual(
      new Set([null, '1']),
    );
  });

  it('a name that is taken away and made again is another file', () => {
    const disk = diskAfter(...base, unlink('a'), open(4, 'a'), write(4, 0, pages('2')), flush(4));
    expect(outcomes(disk, 'drop')).toEqual(new Set(['111']));
    disk.apply(flushDirectory);
    expect(outcomes(disk, 'drop')).toEqual(new Set(['2']));
  });

  it('a new process opens its files itself', () => {
    const disk = diskAfter(...base, { kind: 'start', fd: 1, number: 0, data: nothing });
    expect(() => disk.apply(flush(3))).toThrow('never opened');
  });
});
