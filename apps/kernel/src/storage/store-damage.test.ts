import { expect, it, vi } from 'vitest';
import { recordingLog } from '../turn/__fixtures__/engine.ts';
import { randomIds, stoppedClock } from './__fixtures__/store-ports.ts';
import { zeroRootOf } from './__fixtures__/tamper.ts';
import { openTestStore, sealTurn, startTurn, tempDir, writeTurn } from './__fixtures__/test-store.ts';
import { checkAfterCrash } from './check-after-crash.ts';
import { guardedStore } from './guarded-store.ts';
import { openStore } from './open-store.ts';
import { startQuickCheck } from './quick-check.ts';
import { DamagedRowError } from './rows.ts';
import { createStoreDamage, StoreReadOnlyError } from './store-damage.ts';

async function closed(clean?: boolean): Promise<string> {
  const dataDir = tempDir();
  const store = await openStore({ dataDir, clock: stoppedClock(), ids: randomIds });
  await writeTurn(store, 'c1', 't1', ['one']);
  await startTurn(store, 'c2', 't2');
  await store.close(clean);
  return dataDir;
}

it('knows whether the start before it closed the store', async () => {
  const dataDir = tempDir();
  const open = () => openStore({ dataDir, clock: stoppedClock(), ids: randomIds });
  const first = await open();
  expect(first.stoppedCleanly).toBe(true);
  await first.close();
  const second = await open();
  expect(second.stoppedCleanly).toBe(true);
  await second.close(false);
  const third = await open();
  expect(third.stoppedCleanly).toBe(false);
  await third.close();
  const fourth = await open();
  expect(fourth.stoppedCleanly).toBe(true);
  await fourth.close();
});

it('D9: the check finds nothing in a whole file, beside a store that is open', async () => {
  const dataDir = await closed();
  await openTestStore(dataDir);
  const check = startQuickCheck(dataDir);
  expect(await check.findings).toEqual([]);
  await check.stop();
});

it.each(['turn_event', 'chunk', 'turn_throughput'])('D9: the check finds a lost page of %s', async (name) => {
  const dataDir = await closed();
  zeroRootOf(dataDir, name);
  const check = startQuickCheck(dataDir);
  expect((await check.findings).length).toBeGreaterThan(0);
  await check.stop();
});

it('D9: it runs after an unclean stop alone, and what it finds is reported once', async () => {
  const parts = (told: string[]) => ({ clock: stoppedClock(), log: recordingLog(told) });
  const logged: string[] = [];
  const dataDir = await closed(false);
  zeroRootOf(dataDir, 'turn_throughput');
  const damage = createStoreDamage(recordingLog(logged), dataDir);
  let told = 0;
  damage.whenFound(() => {
    told += 1;
  });
  const check = checkAfterCrash({ stoppedCleanly: false }, damage, dataDir, parts(logged));
  await vi.waitFor(() => expect(damage.found).toBe(true), 10_000);
  damage.report(['again']);
  expect([told, check.passed, logged.length]).toEqual([1, false, 1]);
  expect(logged[0]).toContain('restore a backup');
  await check.stop();
  expect(checkAfterCrash({ stoppedCleanly: true }, damage, dataDir, parts(logged)).passed).toBe(true);
});

it('D9: a store found damaged refuses writes, ends running turns, and is read on', async () => {
  const store = await openTestStore();
  await writeTurn(store, 'c1', 't1', ['one']);
  await startTurn(store, 'c2', 't2');
  const damage = createStoreDamage(recordingLog([]), 'here');
  const guarded = guardedStore(store, damage);
  await startTurn(guarded, 'c3', 't3');
  damage.report(['planted']);
  await expect(startTurn(guarded, 'c4', 't4')).rejects.toThrow(StoreReadOnlyError);
  expect(await guarded.trim(1e15, 1e15)).toBe(false);
  expect(await guarded.read.history('c1', { sinceSeq: 0 })).toHaveLength(1);
  expect((await sealTurn(guarded, 'c2', 't2', ['ended'])).kind).toBe('committed');
  expect(await guarded.read.turn('t4')).toBeUndefined();
});

it('D9: a page that cannot be read costs what lies on it, and tells about the file', async () => {
  const dataDir = await closed();
  zeroRootOf(dataDir, 'chunk');
  const found: (readonly string[])[] = [];
  const onDamage = (findings: readonly string[]) => void found.push(findings);
  const store = await openStore({ dataDir, clock: stoppedClock(), ids: randomIds, onDamage });
  await expect(store.read.history('c1', { sinceSeq: 0 })).rejects.toThrow(DamagedRowError);
  expect(found).toEqual([['database disk image is malformed']]);
  expect(await store.read.metrics('c1')).toHaveLength(1);
  expect(await store.read.turn('t2')).toMatchObject({ state: 'running' });
  await store.close(false);
});
