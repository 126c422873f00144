import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { CommitRequest, IdempotencyKey, Queries, Store } from '../ports.ts';
import { conversationRow, deltaEvent, metricsOf, textChunk, turnRow } from './__fixtures__/store-data.ts';
import { randomIds, stoppedClock } from './__fixtures__/store-ports.ts';
import { openTestStore, sealTurn, startTurn, tempDir, writeTurn } from './__fixtures__/test-store.ts';
import { openStore } from './open-store.ts';

const DAY = 86_400_000;

function keyed(clock: { now: number }, fields: Partial<IdempotencyKey> = {}): IdempotencyKey {
  return {
    principal: 'usr_owner',
    key: 'key-1',
    operation: 'chat.send',
    bodyHash: 'body-1',
    expiresAt: clock.now + DAY,
    ...fields,
  };
}

/** Starts a turn in a conversation of its own, so that each run that is not a repeat shows. */
function starting(turnId: string, idempotency?: IdempotencyKey): CommitRequest<{ turnId: string }> {
  return {
    ...(idempotency && { idempotency }),
    plan: function* (q) {
      yield* q.putConversation(conversationRow(`c-${turnId}`));
      yield* q.insertTurn(turnRow(turnId, `c-${turnId}`));
      return { result: { turnId } };
    },
  };
}

const turnsOf = async (store: Store) => (await store.read.runningTurns()).map((turn) => turn.id);

describe('D4: one commit is all or nothing', () => {
  /** Every kind of change a commit can make, with a place to fail after each. */
  const failingAt = (place: number): CommitRequest<string> => ({
    idempotency: keyed({ now: 0 }, { expiresAt: Number.MAX_SAFE_INTEGER }),
    plan: function* (q) {
      let passed = 0;
      const pass = () => {
        if (passed++ === place) throw new Error(`failed at ${place}`);
      };
      pass();
      yield* q.putConversation(conversationRow('c1', { title: 'changed' }));
      pass();
      yield* q.sealTurn('t1', { sealedAt: 5, reason: 'stop', metrics: metricsOf('t1') });
      pass();
      yield* q.insertTurn(turnRow('t2', 'c1'));
      pass();
      // The last two places fail after the plan: in the chunks, then in the events.
      const chunk = { conversationId: 'c1', messageId: 'm', role: 'user', chunk: textChunk('x') } as const;
      return {
        chunks: [
          { ...chunk, turnId: 't2' },
          { ...chunk, turnId: place === 4 ? 'missing' : 't2' },
        ],
        turnEvents: [deltaEvent('c1', 't2', 0), deltaEvent('c1', place === 5 ? 'missing' : 't2', 1)],
        result: 'done',
      };
    },
  });

  const state = async (store: Store) => ({
    conversation: await store.read.conversation('c1'),
    turns: [await store.read.turn('t1'), await store.read.turn('t2')],
    history: await store.read.history('c1', { sinceSeq: 0 }),
    events: [await store.read.turnEvents('t1', -1), await store.read.turnEvents('t2', -1)],
  });

  it.each([0, 1, 2, 3, 4, 5])(
    'D4: a failure at place %i leaves no trace, and the next commit works',
    async (place) => {
      const store = await openTestStore();
      await writeTurn(store, 'c1', 't0', ['before']);
      await startTurn(store, 'c1', 't1');
      const before = await state(store);
      await expect(store.commit(failingAt(place))).rejects.toThrow(
        place < 4 ? `failed at ${place}` : /FOREIGN KEY/,
      );
      expect(await state(store)).toEqual(before);
      expect(await store.commit(failingAt(-1))).toEqual({ kind: 'committed', result: 'done' });
      const after = await state(store);
      expect(after.history.map((chunk) => chunk.seq)).toEqual([1, 2, 3]);
      expect(after.events[1]).toHaveLength(2);
      expect(after.conversation?.title).toBe('changed');
    },
  );

  it('rolls a refused plan back and keeps no key', async () => {
    const clock = stoppedClock();
    const store = await openTestStore(tempDir(), clock);
    const refused = await store.commit({
      idempotency: keyed(clock),
      plan: function* (q) {
        yield* q.putConversation(conversationRow('c1'));
        return { refused: true, result: 'no' };
      },
    });
    expect(refused).toEqual({ kind: 'refused', result: 'no' });
    expect(await store.read.conversation('c1')).toBeUndefined();
    expect((await store.commit(starting('t1', keyed(clock)))).kind).toBe('committed');
  });

  it('refuses a plan that yields what is no statement of the store', async () => {
    const store = await openTestStore();
    const plan = function* () {
      yield { sql: 'delete from chunk' };
      return { result: null };
    };
    await expect(store.commit({ plan })).rejects.toThrow(TypeError);
    expect((await store.commit(starting('t1'))).kind).toBe('committed');
  });

  it('refuses an asynchronous plan instead of running half of it outside the transaction', async () => {
    const store = await openTestStore();
    const plan = async function* (q: Queries) {
      yield* q.putConversation(conversationRow('c1'));
    };
    await expect(store.commit({ plan: plan as never })).rejects.toThrow(TypeError);
    expect(await store.read.conversation('c1')).toBeUndefined();
  });

  it('a plan reads what it has just changed', async () => {
    const store = await openTestStore();
    const outcome = await store.commit({
      plan: function* (q) {
        yield* q.putConversation(conversationRow('c1', { title: 'one' }));
        yield* q.putConversation(conversationRow('c1', { title: 'two', fallbackModels: ['demo/fast'] }));
        return { result: yield* q.conversation('c1') };
      },
    });
    expect(outcome).toMatchObject({
      kind: 'committed',
      result: { title: 'two', fallbackModels: ['demo/fast'] },
    });
  });
});

describe('D5: a key gives one change and one answer', () => {
  it('D5: repeated one after another and in parallel', async () => {
    const clock = stoppedClock();
    const store = await openTestStore(tempDir(), clock);
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, index) => store.commit(starting(`t${index}`, keyed(clock)))),
    );
    const late = await store.commit(starting('late', keyed(clock)));
    expect(outcomes.filter(({ kind }) => kind === 'committed')).toHaveLength(1);
    for (const outcome of [...outcomes, late]) expect(outcome).toMatchObject({ result: { turnId: 't0' } });
    expect(await turnsOf(store)).toEqual(['t0']);
  });

  it('D5: repeated after a restart, and after the turn was sealed', async () => {
    const dataDir = tempDir();
    const clock = stoppedClock();
    const first = await openTestStore(dataDir, clock);
    await first.commit(starting('t1', keyed(clock)));
    await sealTurn(first, 'c-t1', 't1', ['x']);
    await first.close();
    const second = await openTestStore(dataDir, clock);
    const fence = { turnId: 't1', fence: first.fence };
    expect(await second.commit({ ...starting('t2', keyed(clock)), fence })).toEqual({
      kind: 'repeated',
      result: { turnId: 't1' },
    });
    expect(await turnsOf(second)).toEqual([]);
  });

  it('gives an absent result back as absent', async () => {
    const clock = stoppedClock();
    const store = await openTestStore(tempDir(), clock);
    const request: CommitRequest<undefined> = {
      idempotency: keyed(clock),
      plan: function* (q) {
        yield* q.putConversation(conversationRow('c1'));
        return { result: undefined };
      },
    };
    await store.commit(request);
    expect(await store.commit(request)).toEqual({ kind: 'repeated', result: undefined });
  });

  it('takes an expired key as new, and keeps users apart', async () => {
    const clock = stoppedClock();
    const store = await openTestStore(tempDir(), clock);
    const key = (fields = {}) => keyed({ now: store.age() }, fields);
    await store.commit(starting('t1', key()));
    expect((await store.commit(starting('t2', key({ principal: 'usr_b' })))).kind).toBe('committed');
    clock.passed += DAY - 1;
    expect((await store.commit(starting('t3', key()))).kind).toBe('repeated');
    clock.passed += 1;
    expect((await store.commit(starting('t3', key()))).kind).toBe('committed');
    expect((await store.commit(starting('t4', key()))).kind).toBe('repeated');
  });

  it('D5: whatever the time of day is set to, and however long the kernel was not running', async () => {
    const dataDir = tempDir();
    const clock = stoppedClock(0);
    const first = await openTestStore(dataDir, clock);
    await first.commit(starting('t1', keyed({ now: first.age() })));
    for (const now of [1_800_000_000_000, 1_800_000_000_000 + 3 * DAY, 4_102_444_800_000, 0]) {
      clock.now = now;
      const { kind } = await first.commit(starting('t2', keyed({ now: first.age() })));
      expect(kind).toBe('repeated');
    }
    clock.passed += DAY - 1;
    await first.close();
    // Another process, whose monotonic clock begins anew.
    const later = { ...stoppedClock(4_102_444_800_000), passed: 7 };
    const second = await openTestStore(dataDir, later);
    expect((await second.commit(starting('t2', keyed({ now: second.age() })))).kind).toBe('repeated');
    later.passed += 1;
    expect((await second.commit(starting('t2', keyed({ now: second.age() })))).kind).toBe('committed');
  });

  it('D6: the same key with another body or use is a mismatch and writes nothing', async () => {
    const clock = stoppedClock();
    const store = await openTestStore(tempDir(), clock);
    await store.commit(starting('t1', keyed(clock)));
    const other = [{ bodyHash: 'body-2' }, { operation: 'warm' }];
    for (const fields of other) {
      expect(await store.commit(starting('t2', keyed(clock, fields)))).toEqual({ kind: 'key-mismatch' });
    }
    expect(await turnsOf(store)).toEqual(['t1']);
  });
});

describe('T4: one running turn per conversation', () => {
  it('T4: the database itself refuses a second one', async () => {
    const store = await openTestStore();
    await startTurn(store, 'c1', 't1');
    await expect(startTurn(store, 'c1', 't2')).rejects.toThrow(/UNIQUE/);
    expect(await turnsOf(store)).toEqual(['t1']);
    await sealTurn(store, 'c1', 't1', []);
    expect((await startTurn(store, 'c1', 't2')).kind).toBe('committed');
    expect((await startTurn(store, 'c2', 't3')).kind).toBe('committed');
  });

  it('T1: a turn is sealed once', async () => {
    const store = await openTestStore();
    await startTurn(store, 'c1', 't1');
    const seal = { sealedAt: 5, reason: 'stop', metrics: metricsOf('t1') };
    const sealing = () =>
      store.commit({
        plan: function* (q) {
          return { result: yield* q.sealTurn('t1', seal) };
        },
      });
    expect(await sealing()).toMatchObject({ result: true });
    expect(await sealing()).toMatchObject({ result: false });
    expect(await store.read.turn('t1')).toMatchObject({ state: 'sealed', ...seal });
  });
});

describe('fence', () => {
  it('lets only the start that owns a running turn write to it', async () => {
    const dataDir = tempDir();
    const first = await openTestStore(dataDir);
    await startTurn(first, 'c1', 't1');
    await first.close();
    const second = await openTestStore(dataDir);
    expect(await sealTurn(second, 'c1', 't1', ['x'])).toEqual({ kind: 'fenced' });
    expect(await second.appendTurnEvents([deltaEvent('c1', 't1', 0)])).toBe('fenced');
    const adopt = () =>
      second.commit({
        plan: function* (q) {
          return { result: [yield* q.adoptTurn('t1', second.fence), yield* q.adoptTurn('t1', first.fence)] };
        },
      });
    expect(await adopt()).toMatchObject({ result: [true, false] });
    expect(await sealTurn(second, 'c1', 't1', ['x'])).toMatchObject({ kind: 'committed' });
    expect(await sealTurn(second, 'c1', 't1', ['y'])).toEqual({ kind: 'fenced' });
    expect(await adopt()).toMatchObject({ result: [false, false] });
    expect(await second.read.history('c1', { sinceSeq: 0 })).toHaveLength(1);
  });

  it('refuses a whole batch of events when one of its turns is not owned', async () => {
    const store = await openTestStore();
    await startTurn(store, 'c1', 't1');
    await startTurn(store, 'c2', 't2');
    await sealTurn(store, 'c2', 't2', []);
    const batch = [deltaEvent('c1', 't1', 0), deltaEvent('c2', 't2', 0)];
    expect(await store.appendTurnEvents(batch)).toBe('fenced');
    expect(await store.read.turnEvents('t1', -1)).toEqual([]);
    expect(await store.appendTurnEvents([])).toBe('committed');
    expect(await store.appendTurnEvents(batch.slice(0, 1))).toBe('committed');
    await expect(store.appendTurnEvents(batch.slice(0, 1))).rejects.toThrow(/UNIQUE/);
    expect(await store.read.turnEvents('t1', -1)).toEqual(batch.slice(0, 1));
  });
});

describe('failing disk', () => {
  const failing = (code: string): CommitRequest<null> => ({
    plan: function* (q) {
      yield* q.putConversation(conversationRow('lost'));
      throw new Database.SqliteError('from the disk', code);
    },
  });

  it.each(['SQLITE_FULL', 'SQLITE_IOERR_WRITE'])(
    'D8: %s is told as full and the store goes on',
    async (code) => {
      const store = await openTestStore();
      expect(await store.commit(failing(code))).toEqual({ kind: 'full' });
      expect(await store.read.conversation('lost')).toBeUndefined();
      expect((await startTurn(store, 'c1', 't1')).kind).toBe('committed');
    },
  );

  it('D7: tells at once of a flush that failed, and takes no more writes', async () => {
    const onFailed = vi.fn();
    const store = await openStore({ dataDir: tempDir(), clock: stoppedClock(), ids: randomIds, onFailed });
    onTestFinished(() => store.close());
    await startTurn(store, 'c1', 't1');
    await expect(store.commit(failing('SQLITE_IOERR_FSYNC'))).rejects.toThrow('refused to flush');
    expect(onFailed).toHaveBeenCalledTimes(1);
    await expect(startTurn(store, 'c2', 't2')).rejects.toThrow('refused to flush');
    expect(onFailed).toHaveBeenCalledTimes(1);
    expect(await turnsOf(store)).toEqual(['t1']);
  });
});
