import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ExtensionStore } from '../extension/extension-store.ts';
import { holdDatabase } from './__fixtures__/hold-database.ts';
import { stoppedClock } from './__fixtures__/store-ports.ts';
import { openTestStore, tempDir } from './__fixtures__/test-store.ts';
import { storeOver } from './open-store.ts';
import { connect } from './sqlite/connection.ts';
import { StoreFullError } from './store-full-error.ts';
import { StoreBusyError } from './while-busy.ts';

const open = async () => (await openTestStore()).extensions;
const put = (store: ExtensionStore, extensionId: string, ...keys: readonly string[]) =>
  store.change({ extensionId, put: keys.map((key) => ({ key, value: key })) });
const keysOf = async (store: ExtensionStore, prefix: string, page: { after?: string; limit: number }) =>
  (await store.rows('a', prefix, page)).map(({ key }) => key);

/** Everything that is kept for extension `a`. */
const state = async (store: ExtensionStore) => ({
  rows: await store.rows('a', '', { limit: 100 }),
  timers: await store.timers(['a']),
  events: await store.eventsAfter(0, 100),
  cursor: await store.cursor('a'),
});

describe('rows', () => {
  it('are kept for each extension by itself, with a version that counts their changes', async () => {
    const dataDir = tempDir();
    const first = await openTestStore(dataDir);
    const value = { text: 'ä\u0000"', list: [1, null, true, { deep: [] }] };
    await first.extensions.change({ extensionId: 'a', put: [{ key: 'k', value }] });
    await put(first.extensions, 'b', 'k');
    await first.extensions.change({ extensionId: 'a', put: [{ key: 'k', value: [value] }] });
    expect(await first.extensions.row('a', 'k')).toEqual({ key: 'k', value: [value], version: 2 });
    await first.close();
    const { extensions } = await openTestStore(dataDir);
    expect(await extensions.row('a', 'k')).toEqual({ key: 'k', value: [value], version: 2 });
    expect(await extensions.row('b', 'k')).toEqual({ key: 'k', value: 'k', version: 1 });
    await extensions.change({ extensionId: 'a', delete: ['k', 'never'] });
    expect(await extensions.row('a', 'k')).toBeUndefined();
    expect(await extensions.row('b', 'k')).toMatchObject({ version: 1 });
  });

  it('what is deleted and put in one change begins anew', async () => {
    const store = await open();
    await put(store, 'a', 'k');
    await put(store, 'a', 'k');
    await store.change({ extensionId: 'a', delete: ['k'], put: [{ key: 'k', value: 1 }] });
    expect(await store.row('a', 'k')).toEqual({ key: 'k', value: 1, version: 1 });
  });

  it('are listed by prefix in pages that chain without gap or repeat', async () => {
    const store = await open();
    await put(store, 'a', 'p/2', 'p/1', 'p', 'q', 'p/10', 'o');
    await put(store, 'b', 'p/3');
    expect(await keysOf(store, 'p/', { limit: 9 })).toEqual(['p/1', 'p/10', 'p/2']);
    expect(await keysOf(store, 'p/', { limit: 2 })).toEqual(['p/1', 'p/10']);
    expect(await keysOf(store, 'p/', { after: 'p/10', limit: 2 })).toEqual(['p/2']);
    expect(await keysOf(store, 'p/', { after: 'a', limit: 1 })).toEqual(['p/1']);
    expect(await keysOf(store, 'p/', { after: 'q', limit: 1 })).toEqual([]);
    expect(await keysOf(store, '', { after: 'p/10', limit: 9 })).toEqual(['p/2', 'q']);
    expect(await keysOf(store, '', { limit: 0 })).toEqual([]);
  });

  it.each([
    ['\ud7ff', ['\ud7ff', '\ud7ffa']],
    ['a\u{10ffff}', ['a\u{10ffff}', 'a\u{10ffff}\u0000']],
    ['\u{10ffff}', ['\u{10ffff}b']],
    ['b', ['b', 'b\uffff', 'b𐀀']],
  ])('a prefix %j finds what starts with it alone', async (prefix, found) => {
    const store = await open();
    await put(store, 'a', ...found, '\ue000', '\uffff', 'a', 'a\uffff', 'c', '\u0000');
    expect(await keysOf(store, prefix, { limit: 99 })).toEqual(found);
  });

  it('are found and ordered by code points, whatever characters their keys hold', async () => {
    const character = fc.oneof(
      fc.constantFrom('\u0000', '%', '_', "'", '\u007f', '\ud7ff', '\ue000', '\uffff', '𐀀', '\u{10ffff}'),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    );
    const key = fc.array(character, { minLength: 1, maxLength: 4 }).map((list) => list.join(''));
    const keys = fc.uniqueArray(key, { minLength: 1, maxLength: 12 });
    const points = (text: string) => Array.from(text, (one) => Number(one.codePointAt(0)));
    const compare = (a: string, b: string) => {
      const [left, right] = [points(a), points(b)];
      const at = left.findIndex((point, index) => point !== right[index]);
      return at < 0 ? left.length - right.length : Number(left[at]) - (right[at] ?? -1);
    };
    const store = await open();
    await fc.assert(
      fc.asyncProperty(keys, key, key, async (given, other, after) => {
        await store.change({ extensionId: 'a', delete: await keysOf(store, '', { limit: 100 }) });
        await put(store, 'a', ...given);
        const sorted = [...given].sort(compare);
        expect(await keysOf(store, '', { limit: 100 })).toEqual(sorted);
        for (const prefix of [other, Array.from(given[0] ?? '')[0] ?? '']) {
          const found = sorted.filter((one) => one.startsWith(prefix));
          expect(await keysOf(store, prefix, { limit: 100 })).toEqual(found);
          const behind = found.filter((one) => compare(one, after) > 0);
          expect(await keysOf(store, prefix, { after, limit: 100 })).toEqual(behind);
        }
        for (const one of given) expect(await store.row('a', one)).toMatchObject({ key: one, value: one });
      }),
      { numRuns: 60 },
    );
  });
});

describe('a change', () => {
  const everything = {
    extensionId: 'a',
    put: [{ key: 'k', value: 2 }],
    delete: ['gone'],
    setTimers: [{ key: 't', dueAt: 9 }],
    cancelTimers: ['cancelled'],
    events: [{ name: 'a.done', payload: null }],
  };

  async function prepared() {
    const store = await open();
    await put(store, 'a', 'gone', 'k');
    const keys = ['cancelled', 'fired', 't'];
    const set = await store.change({
      extensionId: 'a',
      setTimers: keys.map((key) => ({ key, dueAt: 1 })),
      events: [{ name: 'a.begun', payload: 1 }],
    });
    if (set.kind !== 'committed') throw new Error('Nothing was set.');
    await store.cursor('a');
    await store.change({ extensionId: 'b', events: [{ name: 'b.happened', payload: 1 }] });
    return { store, firedTimer: { key: 'fired', generation: Number(set.timers.get('fired')) } };
  }

  it('writes rows, timers, events and the cursor, and ends the timer that fired, in one', async () => {
    const { store, firedTimer } = await prepared();
    const outcome = await store.change({
      ...everything,
      expect: [
        { key: 'k', version: 1 },
        { key: 'new', version: null },
      ],
      firedTimer,
      cursor: 2,
    });
    const generation = outcome.kind === 'committed' ? outcome.timers.get('t') : undefined;
    expect(generation).toBeGreaterThan(firedTimer.generation);
    expect(await state(store)).toEqual({
      rows: [{ key: 'k', value: 2, version: 2 }],
      timers: [{ extensionId: 'a', key: 't', dueAt: 9, byClock: false, generation, attempt: 0 }],
      events: [
        expect.objectContaining({ id: 1, name: 'a.begun' }),
        expect.objectContaining({ id: 2, name: 'b.happened' }),
        expect.objectContaining({ id: 3, name: 'a.done', payload: null, at: 1_800_000_000_000 }),
      ],
      cursor: 2,
    });
  });

  it.each([
    ['another version', { key: 'k', version: 2 }],
    ['a row that should not be there', { key: 'k', version: null }],
    ['no row', { key: 'new', version: 1 }],
  ])('that finds %s is a conflict, and leaves nothing', async (_, expected) => {
    const { store, firedTimer } = await prepared();
    const before = await state(store);
    const outcome = await store.change({ ...everything, expect: [expected], firedTimer, cursor: 2 });
    expect(outcome).toEqual({ kind: 'conflict' });
    expect(await state(store)).toEqual(before);
  });

  it('that fails on its way leaves nothing, and the next one works', async () => {
    const { store, firedTimer } = await prepared();
    const before = await state(store);
    const failing = { ...everything, firedTimer, cursor: 'two' as never, events: [{} as never] };
    await expect(store.change(failing)).rejects.toThrow();
    expect(await state(store)).toEqual(before);
    expect((await store.change({ ...everything, firedTimer })).kind).toBe('committed');
  });
});

describe('timers', () => {
  it('are those of the extensions that are asked for', async () => {
    const store = await open();
    for (const extensionId of ['a', 'b', 'c']) {
      await store.change({ extensionId, setTimers: [{ key: 't', dueAt: 5 }] });
    }
    const found = await store.timers(['a', 'c', 'none']);
    expect(found.map(({ extensionId }) => extensionId)).toEqual(['a', 'c']);
    expect(await store.timers([])).toEqual([]);
  });

  it('a timer that was set again is not removed by the end of the earlier one, and attempts begin anew', async () => {
    const store = await open();
    const set = async (dueAt: number) => {
      const outcome = await store.change({ extensionId: 'a', setTimers: [{ key: 't', dueAt }] });
      return outcome.kind === 'committed' ? Number(outcome.timers.get('t')) : Number.NaN;
    };
    const ended = (generation: number, more = {}) =>
      store.change({ extensionId: 'a', firedTimer: { key: 't', generation }, ...more });
    const first = await set(1);
    expect(await store.claimTimer('a', 't', first)).toBe(true);
    expect(await store.claimTimer('a', 't', first)).toBe(true);
    expect(await store.timers(['a'])).toMatchObject([{ dueAt: 1, attempt: 2 }]);
    const second = await set(2);
    expect(await store.claimTimer('a', 't', first)).toBe(false);
    await ended(first);
    expect(await store.timers(['a'])).toMatchObject([{ dueAt: 2, generation: second, attempt: 0 }]);
    // The end of one that sets its own successor.
    await ended(second, { setTimers: [{ key: 't', dueAt: 3 }] });
    const [third] = await store.timers(['a']);
    expect(third).toMatchObject({ dueAt: 3 });
    // Cancelled and set again while it is handed over: no number is given twice.
    await store.change({ extensionId: 'a', cancelTimers: ['t'] });
    expect(await store.claimTimer('a', 't', Number(third?.generation))).toBe(false);
    const fourth = await set(4);
    expect(new Set([first, second, third?.generation, fourth]).size).toBe(4);
    await ended(Number(third?.generation));
    expect(await store.timers(['a'])).toHaveLength(1);
    await ended(fourth);
    expect(await store.timers(['a'])).toEqual([]);
  });
});

describe('a store that cannot be written', () => {
  it('D7: a full disk keeps what was, tells it, reads on, and writes again once there is room', async () => {
    const dataDir = tempDir();
    await (await openTestStore(dataDir)).close();
    const database = new Database(join(dataDir, 'dispatch.db'));
    onTestFinished(() => void database.close());
    const { extensions } = await storeOver(connect(database), stoppedClock());
    const { timers } = (await extensions.change({
      extensionId: 'a',
      put: [{ key: 'k', value: 1 }],
      setTimers: [{ key: 't', dueAt: 1 }],
    })) as { timers: ReadonlyMap<string, number> };
    await extensions.cursor('a');
    const before = await state(extensions);
    const pages = Number(database.pragma('page_count', { simple: true }));
    database.pragma(`max_page_count = ${pages}`);
    const value = 'x'.repeat(100_000);
    const big = {
      extensionId: 'a',
      put: [{ key: 'big', value }],
      setTimers: [{ key: 'big', dueAt: 1 }],
      events: [{ name: 'a.e', payload: value }],
    };
    expect(await extensions.change(big)).toEqual({ kind: 'full' });
    expect(await state(extensions)).toEqual(before);
    database.pragma('max_page_count = 1000000');
    expect((await extensions.change(big)).kind).toBe('committed');
    expect(await extensions.claimTimer('a', 't', Number(timers.get('t')))).toBe(true);
  });

  it('D8: without the reserve nothing is written, and what has no outcome for it rejects', async () => {
    const dataDir = tempDir();
    await (await openTestStore(dataDir)).close();
    const database = new Database(join(dataDir, 'dispatch.db'));
    onTestFinished(() => void database.close());
    const room = { isKept: true, regain: async () => room.isKept, spend: () => false, close: () => {} };
    const { extensions } = await storeOver(connect(database), stoppedClock(), { room });
    await extensions.cursor('a');
    room.isKept = false;
    const full = { kind: 'full' };
    expect(await extensions.change({ extensionId: 'a', put: [{ key: 'k', value: 1 }] })).toEqual(full);
    await expect(extensions.claimTimer('a', 't', 1)).rejects.toThrow(StoreFullError);
    await expect(extensions.dropCursor('a')).rejects.toThrow(StoreFullError);
    await expect(extensions.cursor('b')).rejects.toThrow(StoreFullError);
    expect(await extensions.cursor('a')).toBe(0);
    const expecting = { extensionId: 'a', expect: [{ key: 'k', version: 1 }] };
    expect(await extensions.change(expecting)).toEqual({ kind: 'conflict' });
  });

  it('held by another process: writes reject, reads go on', async () => {
    const dataDir = tempDir();
    const { extensions } = await openTestStore(dataDir);
    await put(extensions, 'a', 'k');
    const free = holdDatabase(dataDir);
    await expect(put(extensions, 'a', 'other')).rejects.toThrow(StoreBusyError);
    expect(await keysOf(extensions, '', { limit: 9 })).toEqual(['k']);
    free();
    expect((await put(extensions, 'a', 'other')).kind).toBe('committed');
  });
});
