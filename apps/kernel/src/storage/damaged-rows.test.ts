import { describe, expect, it } from 'vitest';
import type { Store } from '../ports.ts';
import { conversationRow, deltaEvent } from './__fixtures__/store-data.ts';
import { tamper as tamperWith } from './__fixtures__/tamper.ts';
import { openTestStore, sealTurn, startTurn, tempDir, writeTurn } from './__fixtures__/test-store.ts';
import { DamagedHistoryError } from './read-history.ts';
import { DamagedMetricsError } from './read-metrics.ts';
import { DamagedEventsError, DamagedRowError } from './rows.ts';

/** c1: a sealed turn of four events and one chunk, then one that runs, with two events. c2: the same, untouched by the tests. */
async function written() {
  const dataDir = tempDir();
  const store = await openTestStore(dataDir);
  for (const id of ['c1', 'c2']) {
    await startTurn(store, id, `${id}-t1`);
    await store.appendTurnEvents([0, 1, 2].map((n) => deltaEvent(id, `${id}-t1`, n)));
    await sealTurn(store, id, `${id}-t1`, ['one', 'two', 'three']);
    await startTurn(store, id, `${id}-t2`);
    await store.appendTurnEvents([0, 1].map((n) => deltaEvent(id, `${id}-t2`, n)));
  }
  return { store, dataDir, tamper: (sql: string) => tamperWith(dataDir, sql) };
}

async function expectWhole(store: Store, id: string): Promise<void> {
  expect(await store.read.turnEvents(`${id}-t1`, -1)).toHaveLength(4);
  expect(await store.read.turnEvents(`${id}-t2`, -1)).toHaveLength(2);
  expect(await store.read.history(id, { sinceSeq: 0 })).toHaveLength(3);
  expect(await store.read.metrics(id)).toHaveLength(1);
}

const failureOf = (reading: Promise<unknown>) => reading.catch((error: unknown) => error);

describe('D9: events that are not what was written are not given out', () => {
  it.each([
    ['another letter', `update turn_event set body = replace(body, 'd1', 'dX') where n = 1`, [0, 2, 3]],
    ['another place', `update turn_event set n = 9 where n = 1`, [0, 2, 3]],
    [
      'another turn',
      `update turn_event set turn_id = 'c1-t2', n = 7 where turn_id = 'c1-t1' and n = 1`,
      [0, 2, 3],
    ],
    ['bytes for text', `update turn_event set body = cast(body as blob) where n = 1`, [0, 2, 3]],
    ['no row', `delete from turn_event where n = 1`, [0, 2, 3]],
    ['no end', `delete from turn_event where n = 3`, [0, 1, 2]],
    ['no body', `update turn_event set body = '' where n = 3`, [0, 1, 2]],
  ])('%s', async (_, sql, readable) => {
    const { store, tamper } = await written();
    tamper(sql.includes(`turn_id = 'c1-t1'`) ? sql : `${sql} and turn_id = 'c1-t1'`);
    const failure = await failureOf(store.read.turnEvents('c1-t1', -1));
    if (!(failure instanceof DamagedEventsError)) throw new Error('The read noticed nothing.');
    expect(failure.readable.map(({ n }) => n)).toEqual(readable);
    expect(await failureOf(store.read.turnEvents('c1-t1', 0, 9))).toBeInstanceOf(DamagedEventsError);
    await expectWhole(store, 'c2');
  });

  it('a reader who has all but the lost end is told', async () => {
    const { store, tamper } = await written();
    expect(await store.read.turnEvents('c1-t1', 3)).toEqual([]);
    tamper(`delete from turn_event where n = 3 and turn_id = 'c1-t1'`);
    expect(await failureOf(store.read.turnEvents('c1-t1', 2))).toBeInstanceOf(DamagedEventsError);
  });

  it('rows of an earlier version have no checksum; they must be events of their turn', async () => {
    const { store, tamper } = await written();
    const whole = `{"type":"text-delta","conversationId":"c1","turnId":"c1-t2","delta":"x"}`;
    tamper(`update turn_event set body = '${whole}', checksum = null where turn_id = 'c1-t2' and n = 0`);
    expect(await store.read.turnEvents('c1-t2', -1)).toHaveLength(2);
    const others = [
      ['text-delta', 'of-no-type'],
      ['c1-t2', 'constructor'],
    ] as const;
    const bodies = others.map(([part, other]) => whole.replace(part, other));
    for (const body of ['{"type":"text-delta"}', ...bodies]) {
      tamper(`update turn_event set body = '${body}' where turn_id = 'c1-t2' and n = 0`);
      expect(await failureOf(store.read.turnEvents('c1-t2', -1)), body).toBeInstanceOf(DamagedEventsError);
    }
  });
});

describe('D9: metrics', () => {
  it.each([
    ['another figure', `update turn set metrics = replace(metrics, '7', '8') where id = 'c1-t1'`],
    ['no JSON', `update turn set metrics = '{' where id = 'c1-t1'`],
    ['none', `update turn set metrics = null where id = 'c1-t1'`],
    ['no row', `delete from turn where id = 'c1-t1'`],
    [
      'another kind, of an earlier version',
      `update turn set metrics = '{}', checksum = null where id = 'c1-t1'`,
    ],
  ])('%s is named by its place, and the other turns are given', async (_, sql) => {
    const { store, tamper } = await written();
    await sealTurn(store, 'c1', 'c1-t2', ['four']);
    tamper(sql);
    const failure = await failureOf(store.read.metrics('c1'));
    if (!(failure instanceof DamagedMetricsError)) throw new Error('The read noticed nothing.');
    expect(failure.damaged).toEqual([1]);
    expect(failure.readable).toMatchObject([{ turnId: 'c1-t2' }]);
    await expectWhole(store, 'c2');
  });

  it('T1: a turn with damaged figures can still be read and followed', async () => {
    const { store, tamper } = await written();
    tamper(`update turn set metrics = '{', started_at = 'x', model = x'00' where conversation_id = 'c1'`);
    expect((await store.read.runningTurns()).map(({ id }) => id)).toEqual(['c1-t2', 'c2-t2']);
    expect(await store.read.newestTurn('c1')).toMatchObject({ id: 'c1-t2', startedAt: 0, metrics: null });
  });
});

it.each(['-5', '1 << 62', '1.5', "'many'", 'null'])(
  'D9: %s tokens are left out of the throughput',
  async (figure) => {
    const { store, tamper } = await written();
    const [whole] = await store.read.throughput(0, 100);
    tamper(`update turn set output_tokens = ${figure} where id = 'c1-t1'`);
    expect(await store.read.throughput(0, 100)).toEqual([
      { ...whole, totalOutputTokens: 7, totalGenMs: 100, turns: 1 },
    ]);
  },
);

describe('D9: the row of a conversation', () => {
  it.each([
    `fallback_models = '['`,
    `fallback_models = '[1]'`,
    `title = x'00'`,
    `status = 'gone'`,
    `last_activity_at = 'late'`,
    `closes = -1`,
  ])('that holds %s is told apart, listed, and not written over', async (change) => {
    const { store, tamper } = await written();
    tamper(`update conversation set ${change} where id = 'c1'`);
    expect(await store.read.conversation('c1')).toMatchObject({ id: 'c1', damaged: true });
    const { rows: listed } = await store.read.conversations({ ownerId: 'usr_owner', limit: 9 });
    expect(listed.map(({ id, damaged }) => [id, damaged]).sort()).toEqual([
      ['c1', true],
      ['c2', undefined],
    ]);
    const writing = store.commit({
      *plan(q) {
        const row = yield* q.conversation('c1');
        yield* q.putConversation({ ...(row ?? conversationRow('c1')), title: 'new' });
        return { result: null };
      },
    });
    await expect(writing).rejects.toThrow(DamagedRowError);
    expect(await store.read.history('c1', { sinceSeq: 0 })).toHaveLength(3);
  });

  it('that has no id any more keeps no other from being listed', async () => {
    const { store, tamper } = await written();
    tamper(`update conversation set id = x'00' where id = 'c1'`);
    const { rows: listed } = await store.read.conversations({ ownerId: 'usr_owner', limit: 1 });
    expect(listed.map(({ id }) => id)).toEqual(['c2']);
  });

  it('that is lost does not read as an unknown conversation, and nobody takes it over', async () => {
    const { store, tamper } = await written();
    tamper(`delete from conversation where id = 'c1'`);
    await expect(store.read.conversation('c1')).rejects.toThrow(DamagedRowError);
    await expect(startTurn(store, 'c1', 't9')).rejects.toThrow(DamagedRowError);
    expect(await store.read.conversation('unknown')).toBeUndefined();
  });
});

describe('Q1, Q3: heads and chunks', () => {
  it('a head that jumped ahead is told with a bounded list', async () => {
    const { store, tamper } = await written();
    tamper(`update head set seq = 1 << 50 where stream = 'chunk:c1'`);
    const failure = await failureOf(store.read.history('c1', { sinceSeq: 0 }));
    if (!(failure instanceof DamagedHistoryError)) throw new Error('The read noticed nothing.');
    expect(failure.damaged).toHaveLength(1_000);
    expect(failure.damaged[0]).toBe(4);
    expect(failure.readable).toHaveLength(3);
  });

  it.each([
    ['is lost', `delete from head where stream like '%:c1'`],
    ['was set back', `update head set seq = 1 where stream like '%:c1'`],
    ['jumped', `update head set seq = 900 where stream like '%:c1'`],
    ['is text', `update head set seq = 'x' where stream like '%:c1'`],
  ])('a head that %s gives no number to a chunk or a turn', async (_, sql) => {
    const { store, tamper } = await written();
    tamper(sql);
    await expect(sealTurn(store, 'c1', 'c1-t2', ['more'])).rejects.toThrow(DamagedRowError);
    await sealTurn(store, 'c1', 'c1-t2', []);
    await expect(startTurn(store, 'c1', 'c1-t3')).rejects.toThrow(DamagedRowError);
  });

  it.each([
    ['role as bytes', `update chunk set role = cast(role as blob) where seq = 2`, [2]],
    [
      'a chunk of another conversation',
      `update chunk set conversation_id = 'c1', seq = 4 where conversation_id = 'c2' and seq = 1`,
      [4],
    ],
    ['a number moved', `update chunk set seq = 7 where seq = 2 and conversation_id = 'c1'`, [2, 7]],
    [
      'behind a lost one, another letter',
      `update chunk set body = replace(body, 'two', 'too') where seq = 2; delete from chunk where seq = 1`,
      [1, 2],
    ],
  ])('Q3: %s is never given out', async (_, sql, damaged) => {
    const { store, tamper } = await written();
    tamper(sql);
    const failure = await failureOf(store.read.history('c1', { sinceSeq: 0 }));
    if (!(failure instanceof DamagedHistoryError)) throw new Error('The read noticed nothing.');
    expect(failure.damaged).toEqual(damaged);
    expect(failure.readable.map(({ chunk }) => ('text' in chunk ? chunk.text : ''))).not.toContain('too');
    expect(failure.readable.map(({ seq }) => seq)).toEqual([1, 2, 3].filter((seq) => !damaged.includes(seq)));
  });
});

it.each([
  ['in between', `delete from turn where id = 'c1-t2'`],
  ['at the end', `delete from turn where id = 'c1-t3'`],
  ['behind one that moved', `update turn set ordinal = 900 where id = 'c1-t1'`],
])('D9: whoever follows the turns of a conversation is told of a lost one %s', async (_, sql) => {
  const { store, tamper } = await written();
  await sealTurn(store, 'c1', 'c1-t2', []);
  await startTurn(store, 'c1', 'c1-t3');
  expect(await store.read.turnsAfter('c1', 'c1-t1')).toHaveLength(2);
  tamper(sql);
  await expect(store.read.turnsAfter('c1', 'c1-t1')).rejects.toThrow(DamagedRowError);
  await expect(store.read.turnsAfter('c1', null)).rejects.toThrow(DamagedRowError);
});

it('T3: a boot counter that was set back still leaves every running turn to this start', async () => {
  const { dataDir, store, tamper } = await written();
  await store.close();
  const second = await openTestStore(dataDir);
  await second.commit({
    *plan(q) {
      yield* q.adoptTurn('c1-t2', second.fence);
      return { result: null };
    },
  });
  await second.close();
  tamper(`update meta set value = '0' where key = 'boot-counter'`);
  expect((await openTestStore(dataDir)).fence).toBe(3);
});

it('D9: a damaged running row keeps nobody else from being recovered', async () => {
  const { store, tamper } = await written();
  await writeTurn(store, 'c3', 'c3-t1', ['x']);
  tamper(`update turn set id = x'00' where id = 'c1-t2'`);
  expect((await store.read.runningTurns()).map(({ id }) => id)).toEqual(['c2-t2']);
});
