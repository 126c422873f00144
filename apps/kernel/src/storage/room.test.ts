import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { recordingLog } from '../turn/__fixtures__/engine.ts';
import { createVirtualClock } from '../turn/__fixtures__/virtual-clock.ts';
import { randomIds } from './__fixtures__/store-ports.ts';
import { tempDir } from './__fixtures__/test-store.ts';
import { keepRoom } from './room.ts';

const BYTES = 3 * 1024 * 1024 + 512;
const NO_DISK_HAS_THIS = 2 ** 52;

function openRoom(dataDir = tempDir(), bytes = BYTES) {
  const logged: string[] = [];
  const clock = createVirtualClock();
  const log = recordingLog(logged);
  const room = keepRoom({ dataDir, bytes, clock, ids: randomIds, log });
  const path = join(dataDir, 'reserve');
  return { dataDir, logged, clock, room, path, size: () => (existsSync(path) ? statSync(path).size : 0) };
}

describe('D8: the reserve', () => {
  it('D8: is made really allocated and private, says nothing, and is taken over by the next start', async () => {
    const { dataDir, room, path, logged } = openRoom();
    expect(room.isKept).toBe(false);
    expect(await room.regain()).toBe(true);
    const { size, blocks, mode, mtimeMs } = statSync(path);
    expect([size, mode & 0o777]).toEqual([BYTES, 0o600]);
    expect(blocks * 512).toBeGreaterThanOrEqual(BYTES);
    const next = openRoom(dataDir);
    expect(next.room.isKept).toBe(true);
    expect(await next.room.regain()).toBe(true);
    expect(statSync(path).mtimeMs).toBe(mtimeMs);
    expect([...logged, ...next.logged, ...readdirSync(dataDir)]).toEqual(['reserve']);
  });

  it('D8: is given back but for a last part, which only an opening gets; told once, and once when it is over', async () => {
    const { room, logged, size, clock } = openRoom();
    await room.regain();
    await clock.advance(60_000);
    expect([room.spend('SQLITE_FULL'), room.isKept, size()]).toEqual([true, false, Math.floor(BYTES / 16)]);
    expect(room.spend('SQLITE_FULL')).toBe(false);
    expect([room.spend('SQLITE_FULL', 'opening'), size()]).toEqual([true, 0]);
    expect(room.spend('SQLITE_FULL', 'opening')).toBe(false);
    expect(logged).toEqual([expect.stringContaining('the disk is full')]);
    expect([await room.regain(), room.isKept, size()]).toEqual([true, true, BYTES]);
    expect(logged.slice(1)).toEqual([expect.stringContaining('there is room on the disk again')]);
  });

  it('D8: comes back by itself, without anybody asking for a write', async () => {
    const { room, clock, size } = openRoom();
    await room.regain();
    await clock.advance(60_000);
    room.spend('SQLITE_FULL');
    await clock.advance(5_000);
    await expect.poll(size).toBe(BYTES);
    room.close();
    expect(clock.armed).toBe(0);
  });

  it('D8: a start without room for it is told once, and goes on looking', async () => {
    const { room, logged, clock, dataDir } = openRoom(tempDir(), NO_DISK_HAS_THIS);
    expect([await room.regain(), await room.regain()]).toEqual([false, false]);
    await clock.advance(20_000);
    expect(logged).toEqual([expect.stringContaining('no room for the reserve')]);
    expect([clock.armed, readdirSync(dataDir)]).toEqual([1, []]);
    room.close();
    expect(clock.armed).toBe(0);
    expect(await room.regain()).toBe(false);
  });

  it('D8: one that is being made is given back too, and is not taken for one that is there', async () => {
    for (const turns of [0, 1, 3, 10]) {
      const { room, dataDir } = openRoom();
      const regained = room.regain();
      for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      const wasKept = room.isKept;
      room.spend('SQLITE_FULL');
      expect(await regained).toBe(wasKept);
      expect([room.isKept, readdirSync(dataDir)]).toEqual([false, wasKept ? ['reserve'] : []]);
      expect(await room.regain()).toBe(!wasKept);
    }
  });

  it('a disk that says it has room and takes no write is left alone longer and longer', async () => {
    const { room, clock } = openRoom();
    await room.regain();
    await clock.advance(60_000);
    room.spend('SQLITE_IOERR_WRITE');
    expect(await room.regain(), 'at once the first time').toBe(true);
    for (const pauseMs of [500, 1_000, 2_000, 4_000]) {
      room.spend('SQLITE_IOERR_WRITE');
      await clock.advance(pauseMs - 1);
      expect(await room.regain()).toBe(false);
      await clock.advance(1);
      await expect.poll(() => room.regain()).toBe(true);
    }
  });

  it('makes anew what is there in another size, and a file in its way is no reason to fail', async () => {
    const { dataDir, path } = openRoom();
    writeFileSync(path, 'short');
    writeFileSync(`${path}.new`, 'left by a crash');
    const { room, size } = openRoom(dataDir);
    expect([room.isKept, await room.regain(), size()]).toEqual([false, true, BYTES]);
    expect(readdirSync(dataDir)).toEqual(['reserve']);
  });
});
