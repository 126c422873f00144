import type { UserEvent } from '@dispatch/collab-contract';
import { describe, expect, it } from 'vitest';
import type { Store, UserEventDraft, WrittenUserEvent } from '../ports.ts';
import { conversationRow } from './__fixtures__/store-data.ts';
import { randomIds, stoppedClock } from './__fixtures__/store-ports.ts';
import { tamper } from './__fixtures__/tamper.ts';
import { openTestStore, tempDir } from './__fixtures__/test-store.ts';
import { openStore } from './open-store.ts';
import { KEPT_PER_USER } from './user-events.ts';

const DAY_MS = 24 * 3_600_000;
const closed = (conversationId: string): UserEvent => ({ type: 'conversation.closed', conversationId });
const told = (audience: readonly string[], id: string): UserEventDraft => ({ audience, event: closed(id) });

function write(store: Store, userEvents: readonly UserEventDraft[], refused = false) {
  return store.commit({
    plan: function* (q) {
      yield* q.putConversation(conversationRow('c'));
      return { result: null, userEvents, refused };
    },
  });
}

const all = (store: Store, userId: string, after = 0) => store.read.userEvents(userId, after, 20_000);

describe('the streams of users', () => {
  it('E1: an event is written in the commit that caused it, numbered per user, without gaps over a rollback', async () => {
    const store = await openTestStore();
    const heard: WrittenUserEvent[] = [];
    store.onUserEvents((events) => heard.push(...events));
    await write(store, [told(['a', 'b'], '1'), told(['b'], '2')]);
    expect((await write(store, [told(['a', 'b'], 'never')], true)).kind).toBe('refused');
    await expect(
      store.commit({
        // biome-ignore lint/correctness/useYield: it fails before it asks anything
        *plan() {
          throw new Error('a plan that fails');
        },
      }),
    ).rejects.toThrow('a plan that fails');
    await write(store, [told(['b', 'a'], '3')]);
    expect(await all(store, 'a')).toEqual({
      head: 2,
      floor: 0,
      events: [
        { seq: 1, event: closed('1') },
        { seq: 2, event: closed('3') },
      ],
    });
    expect((await all(store, 'b')).events.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(heard.map(({ to }) => to)).toEqual([
      [
        ['a', 1],
        ['b', 1],
      ],
      [['b', 2]],
      [
        ['b', 3],
        ['a', 2],
      ],
    ]);
  });

  it('E2: an audience of nobody writes nothing and tells nobody; one named twice gets it once', async () => {
    const store = await openTestStore();
    const heard: WrittenUserEvent[] = [];
    store.onUserEvents((events) => heard.push(...events));
    expect(await write(store, [told([], '1')])).toEqual({ kind: 'committed', result: null });
    expect(heard).toEqual([]);
    await write(store, [told(['a', 'a'], '2')]);
    expect((await all(store, 'a')).events).toEqual([{ seq: 1, event: closed('2') }]);
  });

  it('commits of one moment are told in the order of their numbers', async () => {
    const store = await openTestStore();
    const heard: number[] = [];
    store.onUserEvents((events) => heard.push(...events.flatMap(({ to }) => to.map(([, seq]) => seq))));
    await Promise.all(Array.from({ length: 40 }, (_, index) => write(store, [told(['a'], `${index}`)])));
    expect(heard).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
  });

  it('a page of the list and the number of its moment are read together', async () => {
    const store = await openTestStore();
    await write(store, [told(['usr_owner'], '1')]);
    const reading = store.read.conversations({ ownerId: 'usr_owner', limit: 9 });
    const writing = write(store, [told(['usr_owner'], '2')]);
    expect(await reading).toMatchObject({ userSeq: 1, rows: [{ id: 'c' }] });
    await writing;
    expect((await store.read.conversations({ ownerId: 'usr_owner', limit: 9 })).userSeq).toBe(2);
  });

  it.each([
    ['a body', `update event set body = '{}' where id = 2`],
    ['a lost event', `delete from event where id = 2`],
    ['a lost number', `delete from user_event where seq = 2`],
    ['a number moved to another event', `update user_event set event_id = 1 where seq = 2`],
  ])('%s that is damaged keeps its number, shows nothing, and is told', async (_what, change) => {
    const dataDir = tempDir();
    const damaged: string[] = [];
    const onDamagedRow = (row: string) => void damaged.push(row);
    const store = await openStore({ dataDir, clock: stoppedClock(), ids: randomIds, onDamagedRow });
    for (const id of ['1', '2', '3']) await write(store, [told(['a'], id)]);
    tamper(dataDir, change);
    expect((await all(store, 'a')).events).toEqual([
      { seq: 1, event: closed('1') },
      { seq: 2, event: null },
      { seq: 3, event: closed('3') },
    ]);
    expect(damaged).toEqual(['event 2 of user a']);
    await store.close();
  });

  it.each([
    `delete from head where stream like 'user%'`,
    `update head set seq = 0 where stream like 'user%'`,
    `update head set seq = 'x' where stream like 'user%'`,
    `update head set seq = 9007199254740991 where stream like 'user%'`,
    `update head set seq = -1 where stream like 'user%'; insert into user_event values ('a', 'x', 9, 9), ('a', 9007199254740991, 9, 9)`,
  ])('a head that is wrong gives no number twice: %s', async (change) => {
    const dataDir = tempDir();
    const store = await openTestStore(dataDir);
    for (const id of ['1', '2', '3']) await write(store, [told(['a'], id)]);
    tamper(dataDir, change);
    await write(store, [told(['a'], '4')]);
    const { head, events } = await all(store, 'a');
    expect(head).toBe(4);
    expect(events.map(({ event }) => event)).toEqual(['1', '2', '3', '4'].map(closed));
  });
});

describe('what is kept of the streams of users', () => {
  it('R2: seven days of the store, bounded a call; who stopped before that is told so', async () => {
    const clock = stoppedClock();
    const store = await openTestStore(tempDir(), clock);
    for (let index = 0; index < 700; index += 1) await write(store, [told(['a', 'b'], `${index}`)]);
    clock.passed = 6 * DAY_MS;
    await write(store, [told(['a'], 'young')]);
    clock.passed = 7 * DAY_MS + 1;
    const trim = () => store.trim(store.age() - DAY_MS, store.age());
    expect(await trim()).toBe(true);
    const half = await all(store, 'a', (await all(store, 'a')).floor);
    expect(half.floor).toBeGreaterThan(0);
    expect(half.events).toHaveLength(701 - half.floor);
    let calls = 1;
    while (await trim()) calls += 1;
    expect(calls).toBeGreaterThan(2);
    expect(await all(store, 'a')).toEqual({ head: 701, floor: 700, events: [] });
    expect((await all(store, 'a', 700)).events).toEqual([{ seq: 701, event: closed('young') }]);
    expect(await all(store, 'b')).toEqual({ head: 700, floor: 700, events: [] });
    await write(store, [told(['b'], 'next')]);
    expect((await all(store, 'b', 700)).events).toEqual([{ seq: 701, event: closed('next') }]);
  });

  it('R2: no more than 10,000 of one user, whoever else keeps the event', async () => {
    const store = await openTestStore();
    const many = Array.from({ length: KEPT_PER_USER + 300 }, (_, index) => told(['a'], `${index}`));
    await write(store, [told(['b', 'a'], 'both')]);
    await write(store, many);
    expect(await all(store, 'a', 5)).toMatchObject({ floor: 301, events: [] });
    expect(await store.trim(0, 0)).toBe(false);
    const kept = await all(store, 'a', 301);
    expect(kept).toMatchObject({ head: KEPT_PER_USER + 301, floor: 301 });
    expect(kept.events).toHaveLength(KEPT_PER_USER);
    expect(kept.events.every(({ event }) => event !== null)).toBe(true);
    expect((await all(store, 'b')).events).toEqual([{ seq: 1, event: closed('both') }]);
  });
});
