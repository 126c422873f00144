import { describe, expect, it } from 'vitest';
import type { Store } from '../ports.ts';
import { conversationRow } from './__fixtures__/store-data.ts';
import { stoppedClock } from './__fixtures__/store-ports.ts';
import { openTestStore, tempDir } from './__fixtures__/test-store.ts';

const event = (name: string) => ({ name, payload: { of: name } });

/** A commit that changes a row and tells it. */
function telling(store: Store, names: readonly string[], more: object = {}) {
  return store.commit({
    *plan(q) {
      yield* q.putConversation(conversationRow(names[0] ?? 'none'));
      return { result: null, domainEvents: names.map(event), ...more };
    },
  });
}

const told = async (store: Store, after = 0, limit = 1_000) =>
  (await store.extensions.eventsAfter(after, limit)).map(({ id, name }) => `${id} ${name}`);

describe('domain events', () => {
  it('are gap-free, in the order of their commits, and go on over a restart', async () => {
    const dataDir = tempDir();
    const clock = stoppedClock(77);
    const first = await openTestStore(dataDir, clock);
    expect(await first.extensions.eventsHead()).toBe(0);
    await telling(first, ['one', 'two']);
    await first.extensions.change({ extensionId: 'a', events: [event('a.three')] });
    await first.close();
    const store = await openTestStore(dataDir, clock);
    clock.now = 55;
    await telling(store, ['four']);
    expect(await told(store)).toEqual(['1 one', '2 two', '3 a.three', '4 four']);
    expect(await told(store, 1, 2)).toEqual(['2 two', '3 a.three']);
    expect(await store.extensions.eventsHead()).toBe(4);
    const [, second, , fourth] = await store.extensions.eventsAfter(0, 9);
    expect(second).toEqual({ id: 2, name: 'two', payload: { of: 'two' }, at: 77 });
    expect(fourth?.at).toBe(55);
  });

  it('D4: stand and fall with their commit', async () => {
    const store = await openTestStore();
    await telling(store, ['one']);
    const lost = { conversationId: 'c', turnId: 'lost', messageId: 'm', role: 'user' } as const;
    const chunks = [{ ...lost, chunk: { type: 'text', text: 'x' } as const }];
    await expect(telling(store, ['never'], { chunks })).rejects.toThrow(/FOREIGN KEY/);
    expect((await telling(store, ['refused'], { refused: true })).kind).toBe('refused');
    await telling(store, ['two']);
    expect(await told(store)).toEqual(['1 one', '2 two']);
    expect(await store.read.conversation('never')).toBeUndefined();
  });

  it('D5: a request that is made twice tells once', async () => {
    const store = await openTestStore();
    const idempotency = { principal: 'u', key: 'k', operation: 'o', bodyHash: 'b', expiresAt: 2 ** 50 };
    const kinds: string[] = [];
    for (let time = 0; time < 3; time += 1) {
      const outcome = await store.commit({
        idempotency,
        // biome-ignore lint/correctness/useYield: nothing but an event.
        *plan() {
          return { result: null, domainEvents: [event('once')] };
        },
      });
      kinds.push(outcome.kind);
    }
    expect(kinds).toEqual(['committed', 'repeated', 'repeated']);
    expect(await told(store)).toEqual(['1 once']);
  });

  it('wake listeners behind the commit that wrote some, and behind no other', async () => {
    const store = await openTestStore();
    const { extensions } = store;
    const heads: Promise<number>[] = [];
    const stop = extensions.onDomainEvents(() => void heads.push(extensions.eventsHead()));
    await telling(store, ['one', 'two']);
    await extensions.change({ extensionId: 'a', events: [event('a.three')] });
    expect(await Promise.all(heads)).toEqual([2, 3]);
    await telling(store, []);
    await telling(store, ['refused'], { refused: true });
    await extensions.change({ extensionId: 'a', put: [{ key: 'k', value: 1 }] });
    const expecting = [{ key: 'k', version: 9 }];
    await extensions.change({ extensionId: 'a', expect: expecting, events: [event('a.no')] });
    expect(heads).toHaveLength(2);
    stop();
    await telling(store, ['four']);
    expect(heads).toHaveLength(2);
    expect(await extensions.eventsHead()).toBe(4);
  });

  it('D1: a listener finds nothing of a commit that others of its moment wait for', async () => {
    const store = await openTestStore();
    const inTransaction: boolean[] = [];
    store.extensions.onDomainEvents(() => void inTransaction.push(isCommitting));
    let isCommitting = false;
    const commits = ['a', 'b', 'c'].map((name, index) =>
      store.commit({
        // biome-ignore lint/correctness/useYield: nothing but an event.
        *plan() {
          isCommitting = index < 2;
          return { result: null, domainEvents: [event(name)] };
        },
      }),
    );
    await Promise.all(commits);
    expect(inTransaction).toEqual([false, false, false]);
    expect(await told(store)).toEqual(['1 a', '2 b', '3 c']);
  });
});

describe('cursors', () => {
  it('begin at the head, are kept, and never move back', async () => {
    const dataDir = tempDir();
    const first = await openTestStore(dataDir);
    await telling(first, ['one', 'two']);
    expect(await first.extensions.cursor('a')).toBe(2);
    await telling(first, ['three', 'four']);
    expect(await Promise.all([first.extensions.cursor('a'), first.extensions.cursor('b')])).toEqual([2, 4]);
    const move = (store: Store, cursor: number) => store.extensions.change({ extensionId: 'a', cursor });
    await move(first, 3);
    await move(first, 1);
    await first.close();
    const { extensions } = await openTestStore(dataDir);
    expect(await extensions.cursor('a')).toBe(3);
    await extensions.dropCursor('a');
    expect(await extensions.cursor('a')).toBe(4);
    await extensions.change({ extensionId: 'c', cursor: 1 });
    expect(await extensions.cursor('c')).toBe(1);
  });
});

describe('retention', () => {
  async function aging() {
    const clock = stoppedClock();
    const store = await openTestStore(tempDir(), clock);
    const at = async (age: number, ...names: readonly string[]) => {
      clock.passed = age;
      await telling(store, names);
    };
    return { store, at };
  }

  it('D5: keeps what is young, and what an extension has not handled, and counts on behind what it deletes', async () => {
    const { store, at } = await aging();
    await at(10, 'one', 'two');
    await at(20, 'three');
    await at(30, 'four');
    await store.extensions.change({ extensionId: 'slow', cursor: 1 });
    await store.extensions.change({ extensionId: 'fast', cursor: 3 });
    expect(await store.trim(30, 0)).toBe(false);
    expect(await told(store)).toEqual(['2 two', '3 three', '4 four']);
    await store.extensions.change({ extensionId: 'slow', cursor: 4 });
    await store.trim(20, 0);
    expect(await told(store)).toEqual(['3 three', '4 four']);
    await store.trim(1_000, 0);
    expect(await told(store)).toEqual(['4 four']);
    await store.extensions.dropCursor('fast');
    await store.extensions.dropCursor('slow');
    await store.trim(1_000, 0);
    expect(await told(store)).toEqual([]);
    expect(await store.extensions.eventsHead()).toBe(4);
    await at(40, 'five');
    expect(await told(store)).toEqual(['5 five']);
  });

  it('keeps events a month for an extension that is away, not for ever', async () => {
    const { store, at } = await aging();
    const day = 24 * 3_600_000;
    await at(day, 'one');
    await at(2 * day, 'two');
    await store.extensions.change({ extensionId: 'away', cursor: 0 });
    await store.trim(30 * day, 0);
    expect(await told(store)).toEqual(['1 one', '2 two']);
    await store.trim(30 * day + 1, 0);
    expect(await told(store)).toEqual(['2 two']);
  });

  it('deletes a bounded number a call', async () => {
    const { store, at } = await aging();
    await at(10, ...Array.from({ length: 1_100 }, (_, index) => `e${index}`));
    expect(await store.trim(20, 0)).toBe(true);
    expect(await told(store, 0, 1)).toEqual(['501 e500']);
    expect(await store.trim(20, 0)).toBe(true);
    expect(await store.trim(20, 0)).toBe(false);
    expect(await told(store)).toEqual([]);
  });

  it('an age that a crash set back holds nothing, and leaves no hole', async () => {
    const { store, at } = await aging();
    await at(100, 'one');
    await at(50, 'two');
    await at(120, 'three');
    await store.trim(60, 0);
    expect(await told(store)).toEqual(['3 three']);
  });
});
