import type { Tool } from '@dispatch/extension-api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEngine, recordingLog, SAY_HELLO, textOf, typesOf } from './__fixtures__/engine.ts';
import type { MemoryStore } from './__fixtures__/memory-store.ts';
import type { Script } from './__fixtures__/scripted-model.ts';
import { createVirtualClock, settle } from './__fixtures__/virtual-clock.ts';
import { createTurnFold } from './fold.ts';
import { recoverTurns } from './recover-turns.ts';

const tool: Tool = {
  name: 'write',
  description: 'Has side effects',
  inputSchema: { type: 'object' },
  execute: async () => ({ content: 'written', isError: false }),
};

function recover(store: MemoryStore, clock = createVirtualClock({ auto: true })): Promise<number> {
  return recoverTurns({
    resume: async () => false,
    store,
    clock,
    log: recordingLog([]),
    giveUp: new AbortController().signal,
  });
}

/** Runs a script up to a write that never comes back, as a kill does. */
async function crashAt(write: number, script: Script): Promise<{ store: MemoryStore; turnId: string }> {
  const clock = createVirtualClock();
  const engine = createEngine({ clock, scripts: [script, SAY_HELLO], tools: [tool] });
  let writes = 0;
  engine.store.beforeWrite = () => {
    writes += 1;
    return writes > write ? new Promise(() => {}) : undefined;
  };
  const turnId = await engine.begin();
  await clock.advance(5_000);
  return { store: engine.store.restart(), turnId };
}

const SCRIPT: Script = [
  { text: 'Let me see' },
  { wait: 50 },
  { text: ' ...' },
  { call: 'write', id: 'a' },
  { usage: [3, 4] },
  { finish: 'tool-calls' },
];

describe('boot recovery', () => {
  it('T1 T3: after a crash at any write the turn is sealed once, as interrupted, and nothing reads as running', async () => {
    const lengths = new Set<number>();
    for (let write = 1; write <= 13; write += 1) {
      const { store, turnId } = await crashAt(write, SCRIPT);
      const before = store.events(turnId);
      const wasSealed = before.at(-1)?.type === 'turn-sealed';
      lengths.add(before.length);
      expect(await recover(store)).toBe(wasSealed ? 0 : 1);
      expect(await recover(store)).toBe(0);
      const events = store.events(turnId);
      expect(events.slice(0, before.length)).toEqual(before);
      expect(events.filter(({ type }) => type === 'done')).toHaveLength(1);
      expect(events.at(-2)).toMatchObject({ reason: wasSealed ? 'stop' : 'interrupted' });
      expect(events.at(-1)).toMatchObject({ type: 'turn-sealed' });
      expect(typesOf(events)).not.toContain('error');
      expect(await store.read.runningTurns()).toEqual([]);
      expect(await store.read.conversation('c1')).toMatchObject({ status: 'idle' });
      expect(await store.read.turn(turnId)).toMatchObject({ fence: wasSealed ? 1 : 2 });
      const chunks = store.chunks('c1');
      const said = chunks.flatMap(({ role, chunk }) =>
        role === 'assistant' && chunk.type === 'text' ? [chunk.text] : [],
      );
      expect(said.join('')).toBe(textOf(events));
    }
    expect(lengths.size).toBeGreaterThan(6);
  });

  it('T8 T9: no tool runs again; a call without result gets the error "interrupted, outcome unknown"', async () => {
    const { store, turnId } = await crashAt(5, SCRIPT);
    expect(typesOf(store.events(turnId)).slice(-3)).toEqual(['tool-call', 'usage', 'step-complete']);
    await recover(store);
    const events = store.events(turnId);
    expect(typesOf(events).slice(-4)).toEqual(['step-complete', 'tool-result', 'done', 'turn-sealed']);
    expect(events.at(-3)).toMatchObject({
      toolCallId: 'a',
      content: 'interrupted, outcome unknown',
      isError: true,
    });
  });

  it('a turn of this start is not touched', async () => {
    const clock = createVirtualClock();
    const engine = createEngine({ clock, scripts: [[{ text: 'a' }, { hang: true }]] });
    await engine.begin();
    await settle();
    expect(await recover(engine.store)).toBe(0);
    expect(await engine.store.read.runningTurns()).toHaveLength(1);
  });

  it('goes on in the recovered conversation with the whole history', async () => {
    const { store } = await crashAt(4, SCRIPT);
    await recover(store);
    const engine = createEngine({ store, tools: [tool] });
    await engine.send({ message: 'And now?' });
    expect(engine.model.requests[0]?.prompt.map(({ role }) => role)).toEqual([
      'user',
      'assistant',
      'tool',
      'user',
    ]);
  });

  it('a full disk delays the boot by seconds at most, and the seal follows when there is room', async () => {
    const { store, turnId } = await crashAt(3, SCRIPT);
    const clock = createVirtualClock();
    store.full = true;
    const recovered = recover(store, clock);
    await clock.advance(5_000);
    expect(await recovered).toBe(0);
    store.full = false;
    await clock.advance(5_000);
    expect(store.events(turnId).at(-1)).toMatchObject({ type: 'turn-sealed' });
  });
});

it('C2: a turn whose conversation was closed before the crash is sealed as aborted', async () => {
  const { store, turnId } = await crashAt(3, SCRIPT);
  await store.commit({
    plan: function* (q) {
      const row = yield* q.conversation('c1');
      if (row !== undefined) yield* q.putConversation({ ...row, status: 'closed', closes: 1 });
      return { result: undefined };
    },
  });
  expect(await recover(store)).toBe(1);
  const events = store.events(turnId);
  expect(events.at(-2)).toMatchObject({ type: 'done', reason: 'aborted' });
  expect(await store.read.conversation('c1')).toMatchObject({ status: 'closed' });
});

describe('the fold of the stored events', () => {
  it('gives the chunks, ids included, and the metrics that the live turn stored', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ minLength: 1, maxLength: 5 }), { maxLength: 6 }),
        async (words) => {
          const script: Script = [...words.map((text) => ({ text })), ...SCRIPT];
          const engine = createEngine({ scripts: [script, SAY_HELLO], tools: [tool] });
          const events = await engine.send();
          const turnId = events[0]?.type === 'user-message' ? events[0].turnId : '';
          const fold = createTurnFold('c1', turnId);
          for (const event of events) fold.add(event);
          const stored = engine.store.chunks('c1');
          expect(fold.chunks().map(({ chunk, messageId, role }) => ({ chunk, messageId, role }))).toEqual(
            stored.map(({ chunk, messageId, role }) => ({ chunk, messageId, role })),
          );
          const [metrics] = await engine.store.read.metrics('c1');
          expect(fold.metrics(metrics?.startedAt ?? 0, metrics?.sealedAt ?? 0)).toEqual(metrics);
        },
      ),
      { numRuns: 30 },
    );
  });
});
