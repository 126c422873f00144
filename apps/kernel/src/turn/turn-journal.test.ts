import type { WsServerMessage } from '@dispatch/transport-contract';
import type { AgentEvent } from '@dispatch/wire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recordingLog } from './__fixtures__/engine.ts';
import { createMemoryStore, type MemoryStore } from './__fixtures__/memory-store.ts';
import { createVirtualClock, settle, type VirtualClock } from './__fixtures__/virtual-clock.ts';
import type { JournalFailure } from './journal-outcome.ts';
import { createTurnJournal, type DeltaEvent, type TurnWriter } from './turn-journal.ts';

interface Desk {
  readonly store: MemoryStore;
  readonly clock: VirtualClock;
  readonly seen: { readonly n: number; readonly event: AgentEvent }[];
  readonly failures: JournalFailure[];
  readonly commitsOfTurns: () => number;
  open(turnId: string): Promise<TurnWriter>;
}

function createDesk(
  onPublish: (n: number) => void = () => {},
  clock: VirtualClock = createVirtualClock(),
): Desk {
  const store = createMemoryStore();
  const seen: Desk['seen'] = [];
  const failures: JournalFailure[] = [];
  let begun = 0;
  const publisher = {
    publish: (_: string, frame: WsServerMessage) => {
      if (frame.type !== 'chat.delta') return onPublish(-1);
      seen.push({ n: frame.n ?? -1, event: frame.event });
      onPublish(frame.n ?? -1);
    },
  };
  const journal = createTurnJournal({ store, clock, publisher, log: recordingLog([]) });
  return {
    store,
    clock,
    seen,
    failures,
    commitsOfTurns: () => store.commits - begun,
    async open(turnId) {
      const times = { startedAt: 0, sealedAt: null, reason: null, metrics: null };
      await store.commit({
        *plan(q) {
          const owner = { conversationId: `c-${turnId}`, startedBy: 'u', model: 'm' };
          yield* q.insertTurn({ id: turnId, state: 'running', fence: 1, ...owner, ...times });
          return { result: null };
        },
      });
      begun += 1;
      return journal.open({ conversationId: `c-${turnId}`, turnId }, [], (failure) => failures.push(failure));
    },
  };
}

const text = (turnId: string, delta: string): DeltaEvent => ({
  type: 'text-delta',
  conversationId: 'c',
  turnId,
  delta,
});
const thought = (turnId: string, delta: string): DeltaEvent => ({
  ...text(turnId, delta),
  type: 'reasoning-delta',
});
const start = (turnId: string): AgentEvent => ({ type: 'turn-start', conversationId: 'c', turnId });

describe('the journal', () => {
  it('joins adjacent deltas of one kind within a tick, and only those', async () => {
    const desk = createDesk();
    const writer = await desk.open('t');
    for (const event of [text('t', 'a'), text('t', 'b'), thought('t', 'c'), text('t', 'd')])
      writer.appendSoon(event);
    await desk.clock.advance(14);
    expect(desk.seen).toEqual([]);
    await desk.clock.advance(1);
    expect(desk.seen.map(({ n, event }) => [n, 'delta' in event && event.delta])).toEqual([
      [0, 'ab'],
      [1, 'c'],
      [2, 'd'],
    ]);
  });

  it('commits an event at once, behind the deltas that waited, in one commit', async () => {
    const desk = createDesk();
    const writer = await desk.open('t');
    writer.appendSoon(text('t', 'a'));
    await writer.append(start('t'));
    expect(desk.seen.map(({ event }) => event.type)).toEqual(['text-delta', 'turn-start']);
    expect(desk.commitsOfTurns()).toBe(1);
  });

  it('an insertion stands behind everything handed over before it, and before everything after', async () => {
    const desk = createDesk();
    const writer = await desk.open('t');
    writer.appendSoon(text('t', 'a'));
    void writer.append(start('t'));
    const event: AgentEvent = {
      ...{ type: 'steering', conversationId: 'c', turnId: 't' },
      ...{ messageId: 'q', text: 'x' },
    };
    await writer.insert(async (n) => {
      writer.appendSoon(text('t', 'b'));
      void writer.append(start('t'));
      await settle();
      await desk.store.appendTurnEvents([{ turnId: 't', n, event }]);
      return [event];
    });
    await writer.close();
    const types = ['text-delta', 'turn-start', 'steering', 'text-delta', 'turn-start'];
    expect(desk.seen.map(({ n, event: { type } }) => [n, type])).toEqual(types.map((type, n) => [n, type]));
    expect(desk.store.events('t')).toEqual(desk.seen.map((one) => one.event));
  });

  it('an insertion that fails ends the writing', async () => {
    const desk = createDesk();
    const writer = await desk.open('t');
    const lost = () => Promise.reject(new Error('the disk is gone'));
    await expect(writer.insert(lost)).rejects.toMatchObject({ failure: 'broken' });
    await expect(writer.insert(async () => [])).rejects.toMatchObject({ failure: 'broken' });
    await expect(writer.append(start('t'))).rejects.toMatchObject({ failure: 'broken' });
    expect([desk.failures, desk.seen]).toEqual([['broken'], []]);
  });

  it('one tick serves all turns with one commit', async () => {
    const desk = createDesk();
    const writers = await Promise.all(['t1', 't2', 't3'].map((turnId) => desk.open(turnId)));
    for (const [index, writer] of writers.entries()) writer.appendSoon(text(`t${index + 1}`, 'a'));
    expect(desk.clock.armed).toBe(1);
    await desk.clock.advance(15);
    expect(desk.seen).toHaveLength(3);
    expect(desk.commitsOfTurns()).toBe(1);
  });

  it('an urgent event of one turn does not cut the waiting text of another into pieces', async () => {
    const desk = createDesk();
    const [patient, urgent] = [await desk.open('t1'), await desk.open('t2')];
    patient.appendSoon(text('t1', 'a'));
    await urgent.append(start('t2'));
    patient.appendSoon(text('t1', 'b'));
    await desk.clock.advance(15);
    expect(desk.seen.map(({ event }) => 'delta' in event && event.delta)).toEqual([false, 'ab']);
  });

  it('D3: publishes in order and never before the commit, while commits take their time', async () => {
    const desk = createDesk((n) => expect(desk.store.events('t').length).toBeGreaterThan(n));
    const writer = await desk.open('t');
    desk.store.beforeWrite = () => desk.clock.sleep(40);
    for (let index = 0; index < 50; index += 1) {
      if (index % 7 === 0) void writer.append(start('t'));
      writer.appendSoon(text('t', String(index)));
      await desk.clock.advance(3);
    }
    await desk.clock.advance(200);
    expect(desk.seen.map(({ n }) => n)).toEqual(desk.seen.map((_, n) => n));
    expect(desk.seen.map(({ event }) => event)).toEqual(desk.store.events('t'));
    expect(desk.seen.length).toBeGreaterThan(8);
  });

  it('presses back only while a commit takes more than 100 ms', async () => {
    const desk = createDesk();
    const writer = await desk.open('t');
    desk.store.beforeWrite = () => desk.clock.sleep(300);
    void writer.append(start('t'));
    await desk.clock.advance(100);
    expect(writer.pressure()).toBeUndefined();
    await desk.clock.advance(1);
    const pressure = writer.pressure();
    expect(pressure).toBeDefined();
    await desk.clock.advance(200);
    await pressure;
    expect(writer.pressure()).toBeUndefined();
  });

  it('presses back while commits that hold the thread take more than 100 ms, until one is quick again', async () => {
    let stalledMs = 0;
    const virtual = createVirtualClock();
    const desk = createDesk(() => {}, { ...virtual, mono: () => virtual.mono() + stalledMs });
    const writer = await desk.open('t');
    const commitIn = (ms: number) => {
      desk.store.beforeWrite = () => {
        stalledMs += ms;
      };
    };
    commitIn(100);
    await writer.append(start('t'));
    await settle();
    writer.appendSoon(text('t', 'a'));
    expect(writer.pressure()).toBeUndefined();
    commitIn(101);
    await writer.append(start('t'));
    await settle();
    expect(writer.pressure()).toBeUndefined();

    for (const [nextMs, presses] of [
      [101, true],
      [1, true],
      [1, false],
    ] as const) {
      commitIn(nextMs);
      const stored = desk.seen.length;
      writer.appendSoon(text('t', 'b'));
      const pressure = writer.pressure();
      expect(pressure !== undefined).toBe(presses);
      await virtual.advance(15);
      await pressure;
      expect(desk.seen).toHaveLength(stored + 1);
    }
  });

  it('a pressure ends with the write that fails', async () => {
    let stalledMs = 0;
    const virtual = createVirtualClock();
    const desk = createDesk(() => {}, { ...virtual, mono: () => virtual.mono() + stalledMs });
    const writer = await desk.open('t');
    desk.store.beforeWrite = () => {
      stalledMs += 200;
    };
    await writer.append(start('t'));
    desk.store.full = true;
    writer.appendSoon(text('t', 'a'));
    const pressure = writer.pressure();
    expect(pressure).toBeDefined();
    await virtual.advance(15);
    await expect(pressure).resolves.toBeUndefined();
    expect(writer.pressure()).toBeUndefined();
  });

  it('a full disk refuses what waits and everything after it, once and for all', async () => {
    const desk = createDesk();
    const writer = await desk.open('t');
    desk.store.full = true;
    writer.appendSoon(text('t', 'a'));
    await expect(writer.append(start('t'))).rejects.toMatchObject({ failure: 'full' });
    desk.store.full = false;
    await expect(writer.append(start('t'))).rejects.toMatchObject({ failure: 'full' });
    await writer.close();
    expect([desk.failures, desk.seen]).toEqual([['full'], []]);
  });

  it('accepts nothing behind its end', async () => {
    const desk = createDesk();
    const writer = await desk.open('t');
    writer.appendSoon(text('t', 'a'));
    await writer.close();
    expect(desk.seen).toHaveLength(1);
    await expect(writer.append(start('t'))).rejects.toMatchObject({ failure: 'closed' });
    writer.appendSoon(text('t', 'b'));
    await desk.clock.advance(100);
    expect(desk.seen).toHaveLength(1);
  });

  it('goes on when a fan-out throws', async () => {
    const desk = createDesk(() => {
      throw new Error('broken fan-out');
    });
    const writer = await desk.open('t');
    await writer.append(start('t'));
    await writer.append(start('t'));
    expect(desk.store.events('t')).toHaveLength(2);
  });

  it('coalescing keeps the text byte for byte, whatever the pieces, pauses and slow commits', async () => {
    const piece = fc.record({
      say: fc.oneof(
        fc.string({ unit: 'binary', minLength: 1 }),
        fc.constantFrom('\ud83d', '\ude00', '\r', '\n'),
      ),
      kind: fc.constantFrom('text', 'thought', 'event'),
      pauseMs: fc.constantFrom(0, 0, 5, 20),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { maxLength: 40 }),
        fc.constantFrom(0, 8, 30),
        async (pieces, commitMs) => {
          const desk = createDesk();
          const writer = await desk.open('t');
          if (commitMs > 0) desk.store.beforeWrite = () => desk.clock.sleep(commitMs);
          for (const { say, kind, pauseMs } of pieces) {
            if (kind === 'event') void writer.append(start('t'));
            else writer.appendSoon(kind === 'text' ? text('t', say) : thought('t', say));
            if (pauseMs > 0) await desk.clock.advance(pauseMs);
          }
          const closed = writer.close();
          await desk.clock.advance(commitMs * 50);
          await closed;
          await settle();
          const joined = (type: string) =>
            desk.seen
              .map(({ event }) => (event.type === type && 'delta' in event ? event.delta : ''))
              .join('');
          const said = (wanted: string) =>
            pieces.map(({ say, kind }) => (kind === wanted ? say : '')).join('');
          expect(joined('text-delta')).toBe(said('text'));
          expect(joined('reasoning-delta')).toBe(said('thought'));
          expect(desk.seen.map(({ n }) => n)).toEqual(desk.seen.map((_, n) => n));
        },
      ),
      { numRuns: 60 },
    );
  });
});
