import { expect, it } from 'vitest';
import type { Store } from '../ports.ts';
import { conversationRow, deltaEvent } from './__fixtures__/store-data.ts';
import { stoppedClock } from './__fixtures__/store-ports.ts';
import { openTestStore, sealTurn, startTurn, tempDir } from './__fixtures__/test-store.ts';

/** A store whose age a test sets. */
async function agingStore() {
  const clock = stoppedClock();
  return { store: await openTestStore(tempDir(), clock), clock };
}

async function turnWithEvents(store: Store, id: string, count: number, isSealed = true) {
  await startTurn(store, `c-${id}`, id);
  await store.appendTurnEvents(Array.from({ length: count }, (_, n) => deltaEvent(`c-${id}`, id, n)));
  if (isSealed) await sealTurn(store, `c-${id}`, id, ['kept']);
}

const eventCount = async (store: Store, id: string) => (await store.read.turnEvents(id, -1)).length;

it('trims events of turns sealed before the limit and of no others, and keeps the log', async () => {
  const { store, clock } = await agingStore();
  clock.passed = 99;
  await turnWithEvents(store, 'old', 5);
  clock.passed = 100;
  await turnWithEvents(store, 'limit', 5);
  await turnWithEvents(store, 'running', 5, false);
  expect(await store.trim(100, 0)).toBe(false);
  expect(await Promise.all(['old', 'limit', 'running'].map((id) => eventCount(store, id)))).toEqual([
    0, 6, 5,
  ]);
  expect(await store.read.history('c-old', { sinceSeq: 0 })).toHaveLength(1);
  expect(await store.read.metrics('c-old')).toHaveLength(1);
});

it('trims in bounded calls, and shows no turn with half of its events', async () => {
  const { store, clock } = await agingStore();
  clock.passed = 10;
  await turnWithEvents(store, 'long', 1_200);
  clock.passed = 20;
  await turnWithEvents(store, 'short', 3);
  expect(await store.trim(100, 0)).toBe(true);
  expect(await eventCount(store, 'long')).toBe(0);
  expect(await eventCount(store, 'short')).toBe(4);
  let calls = 1;
  while (calls < 10 && (await store.trim(100, 0))) calls++;
  expect(calls).toBe(2);
  expect(await eventCount(store, 'short')).toBe(0);
});

it('forgets expired keys, a bounded number a call', async () => {
  const store = await openTestStore();
  for (let index = 0; index < 600; index++) {
    const expiresAt = index < 550 ? 2_000_000_000_000 : 2_000_000_000_001;
    await store.commit({
      idempotency: { principal: 'u', key: `k${index}`, operation: 'o', bodyHash: 'b', expiresAt },
      plan: function* (q) {
        if (index === 0) yield* q.putConversation(conversationRow('c1'));
        return { result: null };
      },
    });
  }
  const repeats = async (key: string) =>
    store.commit({
      idempotency: { principal: 'u', key, operation: 'o', bodyHash: 'other', expiresAt: 1 },
      plan: function* (q) {
        yield* q.conversation('c1');
        return { refused: true, result: null };
      },
    });
  expect((await repeats('k0')).kind).toBe('key-mismatch');
  expect(await store.trim(0, 2_000_000_000_000)).toBe(true);
  expect(await store.trim(0, 2_000_000_000_000)).toBe(false);
  expect((await repeats('k0')).kind).toBe('refused');
  expect((await repeats('k549')).kind).toBe('refused');
  expect((await repeats('k550')).kind).toBe('key-mismatch');
});
