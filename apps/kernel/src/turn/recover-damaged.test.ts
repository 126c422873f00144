import type { AgentEvent, TurnId } from '@dispatch/wire';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../clock.ts';
import type { Store } from '../ports.ts';
import { tamper } from '../storage/__fixtures__/tamper.ts';
import { openTestStore, startTurn, tempDir, writeTurn } from '../storage/__fixtures__/test-store.ts';
import { DamagedEventsError } from '../storage/rows.ts';
import { createEngine, recordingLog } from './__fixtures__/engine.ts';
import { createVirtualClock, settle } from './__fixtures__/virtual-clock.ts';
import { recoverTurns } from './recover-turns.ts';

function told(conversationId: string, turnId: string): readonly AgentEvent[] {
  const ids = { conversationId, turnId: turnId as TurnId };
  return [
    { type: 'user-message', ...ids, text: 'Hi' },
    { type: 'turn-start', ...ids, model: 'fake/one' },
    { type: 'text-delta', ...ids, delta: 'kept' },
    { type: 'text-delta', ...ids, delta: 'hurt' },
    { type: 'text-delta', ...ids, delta: 'behind' },
  ];
}

/** A turn that an earlier start left running, with what `sql` did to it, before the next start. */
async function leftRunning(sql: string, before: readonly string[] = []) {
  const dataDir = tempDir();
  const earlier = await openTestStore(dataDir);
  if (before.length > 0) await writeTurn(earlier, 'c1', 't0', before);
  await startTurn(earlier, 'c1', 't1');
  await earlier.appendTurnEvents(told('c1', 't1').map((event, n) => ({ turnId: 't1', n, event })));
  await earlier.close();
  tamper(dataDir, sql);
  return await openTestStore(dataDir);
}

const recover = (store: Store, logged: string[] = []) =>
  recoverTurns({
    resume: async () => false,
    store,
    // The store is a real one and takes real moments, which a clock that jumps would not wait for.
    clock: systemClock,
    log: recordingLog(logged),
    giveUp: new AbortController().signal,
  });

async function eventsOf(store: Store, turnId: string, after: number): Promise<readonly AgentEvent[]> {
  return (await store.read.turnEvents(turnId, after)).map(({ event }) => event);
}

async function expectSealed(store: Store): Promise<void> {
  expect(await store.read.turn('t1')).toMatchObject({ state: 'sealed', reason: 'error' });
  expect(await store.read.runningTurns()).toEqual([]);
}

describe('D9: boot recovery of a damaged turn', () => {
  it.each([
    ['is cut off', `update turn_event set body = substr(body, 1, 9) where n = 3`],
    ['is JSON but nothing', `update turn_event set body = 'null' where n = 3`],
    ['is JSON but no event', `update turn_event set body = '{"delta":"x"}' where n = 3`],
    ['lacks what its type promises', `update turn_event set body = '{"type":"usage"}' where n = 3`],
    ['is missing', `delete from turn_event where n = 3`],
  ])('T1: seals it at once when an event %s, and keeps what stands before', async (_, sql) => {
    const store = await leftRunning(sql);
    const logged: string[] = [];
    expect(await recover(store, logged)).toBe(1);
    await expectSealed(store);
    expect(await store.read.conversation('c1')).toMatchObject({ status: 'idle' });
    expect(logged.join()).toContain('damaged events');
    const events = await eventsOf(store, 't1', 4);
    expect(events.map(({ type }) => type)).toEqual(['step-complete', 'error', 'done', 'turn-sealed']);
    expect(events[1]).toMatchObject({ code: 'conversation-damaged', retryable: false });
    expect(events[2]).toMatchObject({ reason: 'error' });
    const chunks = await store.read.history('c1', { sinceSeq: 0 });
    expect(chunks.map(({ chunk }) => ('text' in chunk ? chunk.text : chunk.type))).toEqual([
      'Hi',
      'kept',
      'error',
    ]);
  });

  it('a damaged last event is not written over', async () => {
    const store = await leftRunning(`update turn_event set body = '{' where n = 4`);
    expect(await recover(store)).toBe(1);
    const failure = await store.read.turnEvents('t1', -1).catch((error: unknown) => error);
    if (!(failure instanceof DamagedEventsError)) throw new Error('The read noticed nothing.');
    expect(failure.readable.map(({ n }) => n)).toEqual([0, 1, 2, 3, 5, 6, 7, 8]);
    expect(failure.lastN).toBe(8);
  });

  it('a turn without one readable event is sealed too', async () => {
    const store = await leftRunning(`update turn_event set body = ''`);
    expect(await recover(store)).toBe(1);
    await expectSealed(store);
    const events = await eventsOf(store, 't1', 4);
    expect(events.map(({ type }) => type)).toEqual(['error', 'done', 'turn-sealed']);
  });

  it('a log that lost its end is not continued, and its turn is sealed all the same', async () => {
    const store = await leftRunning(`delete from chunk where seq = 2`, ['one', 'two']);
    expect(await recover(store)).toBe(1);
    await expectSealed(store);
    expect((await eventsOf(store, 't1', -1)).at(-3)).toMatchObject({ code: 'conversation-damaged' });
    await expect(store.read.history('c1', { sinceSeq: 0 })).rejects.toMatchObject({
      damaged: [2],
      readable: [{ seq: 1 }],
    });
  });

  it('a damaged conversation row keeps no turn running', async () => {
    const store = await leftRunning(`update conversation set fallback_models = '['`);
    expect(await recover(store)).toBe(1);
    expect(await store.read.turn('t1')).toMatchObject({ state: 'sealed', reason: 'interrupted' });
  });
});

it('boot waits for all seals together as long as for one', async () => {
  const clock = createVirtualClock();
  const engine = createEngine({ clock, scripts: [[{ text: 'a' }, { hang: true }]] });
  for (const conversationId of ['c1', 'c2', 'c3']) await engine.begin({ conversationId });
  await settle();
  const store = engine.store.restart();
  store.full = true;
  const logged: string[] = [];
  let recovered: number | undefined;
  void recoverTurns({
    resume: async () => false,
    store,
    clock,
    log: recordingLog(logged),
    giveUp: new AbortController().signal,
  }).then((sealed) => {
    recovered = sealed;
  });
  await clock.advance(5_000);
  expect(recovered).toBe(0);
  expect(logged.filter((message) => message.includes('not sealed yet'))).toHaveLength(3);
  store.full = false;
  await clock.advance(5_000);
  expect(await store.read.runningTurns()).toEqual([]);
});
