import { describe, expect, it } from 'vitest';
import { recordingLog } from '../turn/__fixtures__/engine.ts';
import { randomIds, stoppedClock } from './__fixtures__/store-ports.ts';
import { tamper, zeroRootOf } from './__fixtures__/tamper.ts';
import { openTestStore, startTurn, tempDir } from './__fixtures__/test-store.ts';
import { guardedStore } from './guarded-store.ts';
import { openStore } from './open-store.ts';
import { DamagedRowError } from './rows.ts';
import { createStoreDamage, StoreReadOnlyError } from './store-damage.ts';

const keys = ['a', 'b', 'c', 'd'];

/** A store of rows, events, timers and a cursor, after `sql` was done to it, and what it logs. */
async function damaged(...sql: readonly string[]) {
  const dataDir = tempDir();
  const first = await openTestStore(dataDir);
  await first.extensions.change({
    extensionId: 'x',
    put: keys.map((key) => ({ key, value: `value of ${key}` })),
    setTimers: keys.map((key) => ({ key, dueAt: 5 })),
    events: keys.map((key) => ({ name: `x.${key}`, payload: `payload of ${key}` })),
    cursor: 2,
  });
  await first.close();
  for (const statement of sql) tamper(dataDir, statement);
  const logged: string[] = [];
  const error = (fields: object) => void logged.push(JSON.stringify(fields));
  const log = { ...recordingLog([]), error };
  const { report: onDamage, reportRow: onDamagedRow } = createStoreDamage(log, dataDir);
  const ports = { clock: stoppedClock(), ids: randomIds };
  const store = await openStore({ dataDir, ...ports, onDamage, onDamagedRow });
  return { store, extensions: store.extensions, logged, dataDir };
}

describe('D9: a damaged row of an extension', () => {
  it.each([
    ['another letter', `update extension_row set body = replace(body, 'of b', 'of B') where key = 'b'`],
    ['no JSON', `update extension_row set body = '{' where key = 'b'`],
    ['bytes for text', `update extension_row set body = cast(body as blob) where key = 'b'`],
    ['another version', `update extension_row set version = 7 where key = 'b'`],
    ['another place', `update extension_row set key = 'bb' where key = 'b'`],
    ['another checksum', `update extension_row set checksum = 1 where key = 'b'`],
  ])('%s: it is left out and told once, the others are read, and a put replaces it', async (_, sql) => {
    const { store, extensions, logged } = await damaged(sql);
    expect(await extensions.row('x', 'b')).toBeUndefined();
    for (let time = 0; time < 2; time += 1) {
      const rows = await extensions.rows('x', '', { limit: 3 });
      expect(rows.map(({ key }) => key)).toEqual(['a', 'c', 'd']);
    }
    expect(await extensions.rows('x', 'b', { limit: 3 })).toEqual([]);
    expect(logged).toHaveLength(1);
    expect(logged[0]).toContain('of extension x');
    const change = { extensionId: 'x', put: [{ key: 'b', value: 'new' }] };
    const refused = await extensions.change({ ...change, expect: [{ key: 'b', version: 1 }] });
    expect(refused).toEqual({ kind: 'conflict' });
    await extensions.change({ ...change, expect: [{ key: 'b', version: null }] });
    expect(await extensions.row('x', 'b')).toEqual({ key: 'b', value: 'new', version: 1 });
    await store.close();
  });

  it('of another extension: it is nobody’s', async () => {
    const { store, extensions } = await damaged(
      `update extension_row set extension_id = 'y' where key = 'b'`,
    );
    expect(await extensions.row('y', 'b')).toBeUndefined();
    expect(await extensions.rows('y', '', { limit: 9 })).toEqual([]);
    await store.close();
  });
});

describe('D9: a damaged domain event', () => {
  const namesOf = (events: readonly { name: string }[]) => events.map(({ name }) => name);

  it.each([
    ['another letter', `update domain_event set body = replace(body, 'of b', 'of B') where id = 2`],
    ['another name', `update domain_event set name = 'x.B' where id = 2`],
    ['another time', `update domain_event set at = 5 where id = 2`],
    ['bytes for text', `update domain_event set body = cast(body as blob) where id = 2`],
  ])('%s: it is left out and told once, and the others are read', async (_, sql) => {
    const { store, extensions, logged } = await damaged(sql);
    for (let time = 0; time < 2; time += 1) {
      expect(namesOf(await extensions.eventsAfter(0, 3))).toEqual(['x.a', 'x.c', 'x.d']);
      expect(namesOf(await extensions.eventsAfter(1, 1))).toEqual(['x.c']);
    }
    expect(logged).toEqual(['{"row":"domain event 2"}']);
    await store.close();
  });

  it.each([
    ['is lost', `delete from domain_event where id = 2`, ['x.a', 'x.c', 'x.d']],
    ['has another number', `update domain_event set id = 9 where id = 2`, ['x.a', 'x.c', 'x.d']],
  ])('one that %s is told, and the others are read', async (_, sql, names) => {
    const { store, extensions, logged } = await damaged(sql);
    expect(namesOf(await extensions.eventsAfter(0, 9))).toEqual(names);
    expect(namesOf(await extensions.eventsAfter(0, 2))).toEqual(names.slice(0, 2));
    expect(logged[0]).toContain('domain event 2, which is missing');
    await store.close();
  });

  it('the last one lost is told too, and its number is not given again', async () => {
    const { store, extensions, logged } = await damaged(`delete from domain_event where id > 2`);
    expect(namesOf(await extensions.eventsAfter(2, 9))).toEqual([]);
    expect(logged).toHaveLength(1);
    expect(logged[0]).toContain('3 to 4');
    await extensions.change({ extensionId: 'x', events: [{ name: 'x.e', payload: 1 }] });
    expect(await extensions.eventsAfter(2, 9)).toMatchObject([{ id: 5, name: 'x.e' }]);
    expect(logged).toHaveLength(1);
    await store.close();
  });

  it('what was trimmed is not told as lost', async () => {
    const { store, extensions, logged } = await damaged();
    await store.trim(1e9, 0);
    expect(namesOf(await extensions.eventsAfter(0, 9))).toEqual(['x.c', 'x.d']);
    expect(logged).toEqual([]);
    await store.close();
  });

  it.each([
    ['is lost', `delete from head where stream = 'domain-event'`],
    ['stands too low', `update head set seq = 1 where stream = 'domain-event'`],
    ['is no number', `update head set seq = 'x' where stream = 'domain-event'`],
  ])('a head that %s keeps nobody from telling', async (_, sql) => {
    const { store, extensions } = await damaged(sql);
    expect(await extensions.eventsHead()).toBe(4);
    await extensions.change({ extensionId: 'x', events: [{ name: 'x.e', payload: 1 }] });
    expect(namesOf(await extensions.eventsAfter(0, 9))).toEqual(['x.a', 'x.b', 'x.c', 'x.d', 'x.e']);
    await store.close();
  });

  it('after all were trimmed, a lost head does not begin anew', async () => {
    const { store, extensions, dataDir } = await damaged();
    await extensions.dropCursor('x');
    await store.trim(1e15, 0);
    tamper(dataDir, `delete from head where stream = 'domain-event'`);
    await extensions.change({ extensionId: 'x', events: [{ name: 'x.e', payload: 1 }] });
    expect(await extensions.eventsAfter(0, 9)).toMatchObject([{ id: 5 }]);
    await store.close();
  });
});

describe('D9: what else is damaged', () => {
  it.each(['-1', `'soon'`, '99'])('a cursor of %s is told, and begins at the head', async (value) => {
    const { store, extensions, logged } = await damaged(`update extension_cursor set event_id = ${value}`);
    expect(await extensions.cursor('x')).toBe(4);
    expect(await extensions.cursor('x')).toBe(4);
    expect(logged).toHaveLength(1);
    await store.close();
  });

  it.each([`due_at = 'soon'`, 'due_at = -5', `generation = 'x'`, 'attempt = -1'])(
    'a timer with %s is told and left out, and can be set again',
    async (change) => {
      const { store, extensions, logged } = await damaged(`update timer set ${change} where key = 'b'`);
      expect((await extensions.timers(['x'])).map(({ key }) => key)).toEqual(['a', 'c', 'd']);
      expect(logged).toHaveLength(1);
      await extensions.change({ extensionId: 'x', setTimers: [{ key: 'b', dueAt: 7 }] });
      expect(await extensions.timers(['x'])).toHaveLength(4);
      await store.close();
    },
  );

  it('a store found damaged takes no more changes, and is read on', async () => {
    const store = await openTestStore();
    await store.extensions.change({ extensionId: 'x', put: [{ key: 'a', value: 1 }] });
    const damage = createStoreDamage(recordingLog([]), 'here');
    const { extensions } = guardedStore(store, damage);
    expect((await extensions.change({ extensionId: 'x', put: [{ key: 'b', value: 1 }] })).kind).toBe(
      'committed',
    );
    damage.report(['planted']);
    const writes = [
      () => extensions.change({ extensionId: 'x', put: [{ key: 'c', value: 1 }] }),
      () => extensions.cursor('x'),
      () => extensions.dropCursor('x'),
      () => extensions.claimTimer('x', 't', 1),
    ];
    for (const write of writes) await expect(write()).rejects.toThrow(StoreReadOnlyError);
    expect(await extensions.rows('x', '', { limit: 9 })).toHaveLength(2);
    expect(await extensions.row('x', 'a')).toMatchObject({ value: 1 });
    expect(await extensions.timers(['x'])).toEqual([]);
    expect([await extensions.eventsHead(), await extensions.eventsAfter(0, 9)]).toEqual([0, []]);
  });

  it('a lost page of the table of events closes the store, and nothing else is lost', async () => {
    const { store, dataDir } = await damaged();
    await store.close();
    zeroRootOf(dataDir, 'domain_event');
    const found: (readonly string[])[] = [];
    const onDamage = (findings: readonly string[]) => void found.push(findings);
    const again = await openStore({ dataDir, clock: stoppedClock(), ids: randomIds, onDamage });
    await expect(again.extensions.eventsAfter(0, 9)).rejects.toThrow(DamagedRowError);
    expect(found.length).toBeGreaterThan(0);
    expect(await again.extensions.rows('x', '', { limit: 9 })).toHaveLength(4);
    expect((await startTurn(again, 'c', 't')).kind).toBe('committed');
    await again.close(false);
  });
});
