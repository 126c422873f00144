import { describe, expect, it } from 'vitest';
import type { ConversationFilter, Store } from '../ports.ts';
import { conversationRow, deltaEvent, metricsOf, turnRow } from './__fixtures__/store-data.ts';
import { stoppedClock } from './__fixtures__/store-ports.ts';
import { openTestStore, sealTurn, startTurn, tempDir, writeTurn } from './__fixtures__/test-store.ts';

const put = (store: Store, ...rows: ReturnType<typeof conversationRow>[]) =>
  store.commit({
    plan: function* (q) {
      for (const row of rows) yield* q.putConversation(row);
      return { result: null };
    },
  });

describe('history', () => {
  it('Q1: numbers chunks from 1 per conversation and says what they belong to', async () => {
    const clock = stoppedClock(4_000);
    const store = await openTestStore(tempDir(), clock);
    await writeTurn(store, 'c1', 't1', ['a', 'b']);
    await writeTurn(store, 'c2', 't2', ['x']);
    clock.now = 3_000;
    await writeTurn(store, 'c1', 't3', ['c']);
    expect(await store.read.history('c1', { sinceSeq: 1 })).toEqual([
      {
        seq: 2,
        role: 'assistant',
        chunk: { type: 'text', text: 'b' },
        turnId: 't1',
        messageId: 't1-1',
        createdAt: 4_000,
      },
      {
        seq: 3,
        role: 'assistant',
        chunk: { type: 'text', text: 'c' },
        turnId: 't3',
        messageId: 't3-0',
        createdAt: 3_000,
      },
    ]);
    expect(await store.read.history('c2', { sinceSeq: 0 })).toMatchObject([{ seq: 1 }]);
    expect(await store.read.history('unknown', { sinceSeq: 0 })).toEqual([]);
  });

  it('Q2: gives the newest of a selection, ascending', async () => {
    const store = await openTestStore();
    await writeTurn(store, 'c1', 't1', ['a', 'b', 'c', 'd', 'e', 'f']);
    const seqs = async (slice: Parameters<Store['read']['history']>[1]) =>
      (await store.read.history('c1', slice)).map((chunk) => chunk.seq);
    expect(await seqs({ sinceSeq: 2 })).toEqual([3, 4, 5, 6]);
    expect(await seqs({ sinceSeq: 0, limit: 2 })).toEqual([5, 6]);
    expect(await seqs({ sinceSeq: 0, beforeSeq: 5, limit: 2 })).toEqual([3, 4]);
    expect(await seqs({ sinceSeq: 3, beforeSeq: 5, limit: 9 })).toEqual([4]);
    expect(await seqs({ sinceSeq: 6 })).toEqual([]);
    expect(await seqs({ sinceSeq: 1e300 })).toEqual([]);
    expect(await seqs({ sinceSeq: 0, beforeSeq: 1 })).toEqual([]);
  });

  it('Q5: order comes from the commits, whatever ids and clocks say', async () => {
    const clock = stoppedClock(9_000);
    const store = await openTestStore(tempDir(), clock);
    await writeTurn(store, 'c1', 'trn_Z', ['first']);
    clock.now = 1;
    await writeTurn(store, 'c1', 'trn_A', ['second']);
    await startTurn(store, 'c1', 'trn_M');
    const texts = (await store.read.history('c1', { sinceSeq: 0 })).map(({ chunk }) => chunk);
    expect(texts).toMatchObject([{ text: 'first' }, { text: 'second' }]);
    expect((await store.read.metrics('c1')).map(({ turnId }) => turnId)).toEqual(['trn_Z', 'trn_A']);
    expect((await store.read.turnsAfter('c1', 'trn_Z')).map(({ id }) => id)).toEqual(['trn_A', 'trn_M']);
    expect((await store.read.newestTurn('c1'))?.id).toBe('trn_M');
  });
});

describe('turns', () => {
  it('gives turns, their events and their metrics', async () => {
    const store = await openTestStore();
    await startTurn(store, 'c1', 't1');
    const events = [0, 1, 2, 3].map((n) => deltaEvent('c1', 't1', n));
    await store.appendTurnEvents(events);
    expect(await store.read.turnEvents('t1', -1)).toEqual(events);
    expect(await store.read.turnEvents('t1', 1)).toEqual(events.slice(2));
    expect(await store.read.turnEvents('t1', 0, 2)).toEqual(events.slice(1, 3));
    expect(await store.read.turnEvents('t1', 3)).toEqual([]);
    expect(await store.read.metrics('c1')).toEqual([]);
    expect((await store.read.runningTurns()).map(({ id }) => id)).toEqual(['t1']);
    await sealTurn(store, 'c1', 't1', [], 77);
    expect(await store.read.runningTurns()).toEqual([]);
    expect(await store.read.metrics('c1')).toEqual([metricsOf('t1')]);
    const sealed = { state: 'sealed', sealedAt: 77, reason: 'stop', metrics: metricsOf('t1') } as const;
    expect(await store.read.turn('t1')).toEqual(turnRow('t1', 'c1', sealed));
    expect(await store.read.newestTurn('c1')).toEqual(turnRow('t1', 'c1', sealed));
    expect(await store.read.turn('unknown')).toBeUndefined();
    expect(await store.read.newestTurn('unknown')).toBeUndefined();
    expect(await store.read.turnsAfter('c1', 'unknown')).toEqual([]);
  });

  it('sums throughput by the model that answered, over a half-open range', async () => {
    const store = await openTestStore();
    const sealed = async (id: string, sealedAt: number, tokens: number, answered?: string) => {
      await startTurn(store, 'c1', id);
      await store.commit({
        plan: function* (q) {
          const metrics = { ...metricsOf(id, tokens, tokens * 10), ...(answered && { model: answered }) };
          yield* q.sealTurn(id, { sealedAt, reason: 'stop', metrics });
          return { result: null };
        },
      });
    };
    await sealed('t1', 99, 1);
    await sealed('t2', 100, 2);
    await sealed('t3', 150, 3);
    await sealed('t4', 199, 5, 'demo/fast');
    await sealed('t5', 200, 7);
    expect(await store.read.throughput(100, 200)).toEqual([
      { model: 'demo/fast', totalOutputTokens: 5, totalGenMs: 50, turns: 1 },
      { model: 'demo/writer', totalOutputTokens: 5, totalGenMs: 50, turns: 2 },
    ]);
    expect(await store.read.throughput(300, 400)).toEqual([]);
  });
});

describe('conversations', () => {
  const list = async (store: Store, filter: Partial<ConversationFilter> = {}) =>
    (await store.read.conversations({ ownerId: 'usr_owner', limit: 50, ...filter })).rows.map(({ id }) => id);

  it('lists one owner, newest activity first, then by id, in pages without gap or repeat', async () => {
    const store = await openTestStore();
    const ids = Array.from({ length: 25 }, (_, index) => `c${String(index).padStart(2, '0')}`);
    await put(
      store,
      ...ids.map((id, index) => conversationRow(id, { activity: Math.floor(index / 4) })),
      conversationRow('foreign', { ownerId: 'usr_b', activity: 3 }),
    );
    const all = await list(store);
    expect(all.slice(0, 6)).toEqual(['c24', 'c20', 'c21', 'c22', 'c23', 'c16']);
    expect(all).toHaveLength(25);
    const paged: string[] = [];
    let before: ConversationFilter['before'];
    while (paged.length < 100) {
      const { rows: page } = await store.read.conversations({
        ownerId: 'usr_owner',
        limit: 3,
        ...(before && { before }),
      });
      const last = page.at(-1);
      if (last === undefined) break;
      paged.push(...page.map(({ id }) => id));
      before = { activity: last.activity, id: last.id };
    }
    expect(paged).toEqual(all);
  });

  it('finds parts of titles in any case and starts of ids, and takes wildcards as letters', async () => {
    const store = await openTestStore();
    await put(
      store,
      conversationRow('abc', { title: 'Über 100% sicher' }),
      conversationRow('xabc', { title: 'under_score' }),
      conversationRow('other', { title: 'back\\slash' }),
      conversationRow('50%', { title: null }),
    );
    expect(await list(store, { q: 'ÜBER' })).toEqual(['abc']);
    expect(await list(store, { q: 'U\u0308ber' })).toEqual(['abc']);
    expect(await list(store, { q: 'abc' })).toEqual(['abc']);
    expect(await list(store, { q: '%' })).toEqual(['abc']);
    expect(await list(store, { q: '50%' })).toEqual(['50%']);
    expect(await list(store, { q: '_' })).toEqual(['xabc']);
    expect(await list(store, { q: '\\' })).toEqual(['other']);
    expect(await list(store, { q: "'; drop table conversation; --" })).toEqual([]);
    expect(await list(store, { q: 'x'.repeat(100_000) })).toEqual([]);
    expect(await list(store, { q: '' })).toHaveLength(4);
  });

  it('filters by status together with search and paging', async () => {
    const store = await openTestStore();
    await put(
      store,
      conversationRow('a', { status: 'active', title: 'one', activity: 3 }),
      conversationRow('b', { status: 'closed', title: 'one', activity: 2 }),
      conversationRow('c', { status: 'closed', title: 'one more', activity: 1 }),
    );
    expect(await list(store, { status: 'closed', q: 'one' })).toEqual(['b', 'c']);
    expect(await list(store, { status: 'closed', before: { activity: 2, id: 'b' } })).toEqual(['c']);
    expect(await list(store, { status: 'idle' })).toEqual([]);
  });

  it('gives a conversation back as it was put', async () => {
    const store = await openTestStore();
    const row = conversationRow('c1', {
      title: 'T\u0000 \ud83d\ude00',
      model: 'anthropic/x',
      fallbackModels: ['demo/fast', 'demo/writer'],
      cwd: '/srv',
      status: 'closed',
      closes: 3,
      createdAt: 1_795_000_000_000,
      lastActivityAt: 1_795_000_000_001,
      activity: 17,
    });
    await put(store, row);
    expect(await store.read.conversation('c1')).toEqual(row);
  });
});
