import type { AgentEvent } from '@dispatch/wire';
import { describe, expect, it } from 'vitest';
import { createEngine, type Engine, SAY_HELLO, textOf, typesOf } from './__fixtures__/engine.ts';
import { createMemoryStore } from './__fixtures__/memory-store.ts';
import { createVirtualClock, settle } from './__fixtures__/virtual-clock.ts';

const SLOW = [
  { text: 'a' },
  { wait: 100 },
  { text: 'b' },
  { wait: 100 },
  { text: 'c' },
  { finish: 'stop' },
] as const;

/** Watchers and the store tell the same story, without gap and repeat. */
function expectOneStory(engine: Engine, turnId: string): readonly AgentEvent[] {
  const events = engine.store.events(turnId);
  const seen = engine.published.filter(({ event }) => 'turnId' in event && event.turnId === turnId);
  expect(seen.map(({ n }) => n)).toEqual(events.map((_, n) => n));
  expect(seen.map(({ event }) => event)).toEqual(events);
  return events;
}

describe('a full disk', () => {
  it('T1: fails the turn, and the seal is tried until there is room', async () => {
    const clock = createVirtualClock();
    const engine = createEngine({ clock, scripts: [SLOW] });
    const turnId = await engine.begin();
    await clock.advance(50);
    engine.store.full = true;
    await clock.advance(60_000);
    expect(engine.turns.runningCount).toBe(1);
    expect(engine.logged.filter((line) => line.includes('cannot be sealed yet'))).toHaveLength(1);
    expect(typesOf(engine.store.events(turnId)).at(-1)).toBe('text-delta');
    expect(await engine.store.read.turn(turnId)).toMatchObject({ state: 'running' });
    expect(await engine.turns.start({ userId: 'usr_owner', conversationId: 'c2', message: 'x' })).toEqual({
      kind: 'full',
    });
    engine.store.full = false;
    await clock.advance(5_000);
    const events = expectOneStory(engine, turnId);
    expect(typesOf(events).slice(2)).toEqual(['text-delta', 'step-complete', 'error', 'done', 'turn-sealed']);
    expect(events.at(-3)).toMatchObject({ code: 'storage-full', retryable: true });
    expect(textOf(events)).toBe('a');
    const next = await engine.begin();
    await clock.advance(5_000);
    expect(expectOneStory(engine, next).at(-2)).toMatchObject({ reason: 'stop' });
  });

  it('T1: also when only the seal finds no room', async () => {
    const clock = createVirtualClock();
    const engine = createEngine({ clock });
    engine.onPublish = ({ event }) => {
      if (event.type === 'step-complete') engine.store.full = true;
    };
    const turnId = await engine.begin();
    await clock.advance(1_000);
    expect(typesOf(engine.store.events(turnId)).at(-1)).toBe('step-complete');
    engine.store.full = false;
    await clock.advance(5_000);
    expect(expectOneStory(engine, turnId).at(-2)).toMatchObject({ reason: 'stop' });
  });
});

describe('a commit whose outcome is not known', () => {
  it.each([
    ['was not made', 'beforeWrite'],
    ['was made', 'afterWrite'],
  ] as const)('that %s is found out, and nothing is told twice', async (_, moment) => {
    for (let failing = 2; failing <= 6; failing += 1) {
      const engine = createEngine({ scripts: [SLOW] });
      let write = 0;
      engine.store[moment] = () => {
        write += 1;
        if (write === failing) throw new Error('the connection was cut');
      };
      const turnId = await engine.begin();
      await engine.idle();
      const events = expectOneStory(engine, turnId);
      expect(typesOf(events).slice(-2)).toEqual(['done', 'turn-sealed']);
      expect(events.filter(({ type }) => type === 'done')).toHaveLength(1);
      const kinds = engine.store.chunks('c1').map(({ chunk }) => chunk.type);
      const failed = typesOf(events).includes('error');
      expect(kinds).toEqual([
        'text',
        ...(textOf(events) === '' ? [] : ['text']),
        ...(failed ? ['error'] : []),
      ]);
    }
  });
});

describe('a turn that another start of the kernel took over', () => {
  it('is left alone: no event, no seal, no error', async () => {
    const clock = createVirtualClock();
    const store = createMemoryStore();
    const engine = createEngine({ clock, store, scripts: [SLOW] });
    const turnId = await engine.begin();
    await clock.advance(50);
    const other = store.restart();
    await other.commit({
      *plan(q) {
        expect(yield* q.adoptTurn(turnId, other.fence)).toBe(true);
        return { result: null };
      },
    });
    const before = store.events(turnId).length;
    await clock.advance(10_000);
    expect(engine.turns.runningCount).toBe(0);
    expect(store.events(turnId)).toHaveLength(before);
    expect(engine.published).toHaveLength(before);
    expect(await store.read.turn(turnId)).toMatchObject({ state: 'running', fence: 2 });
    await settle();
  });

  it('does not disturb the other turns of the same commit', async () => {
    const clock = createVirtualClock();
    const store = createMemoryStore();
    const engine = createEngine({ clock, store, scripts: [SLOW] });
    const lost = await engine.begin();
    const kept = await engine.begin({ conversationId: 'c2' });
    // The first pieces are stored alone, the second ones of both turns travel with one tick.
    await clock.advance(50);
    const other = store.restart();
    await other.commit({
      *plan(q) {
        yield* q.adoptTurn(lost, other.fence);
        return { result: null };
      },
    });
    await clock.advance(1_000);
    expect(textOf(store.events(lost))).toBe('a');
    expect(expectOneStory(engine, kept).at(-2)).toMatchObject({ reason: 'stop' });
    expect(textOf(store.events(kept))).toBe('abc');
  });
});

describe('the seal', () => {
  it('makes chunks, metrics, rows and the last events visible in one commit', async () => {
    const engine = createEngine({ scripts: [SAY_HELLO] });
    const states: unknown[] = [];
    engine.store.afterWrite = async () => {
      const [turn] = await Promise.all([engine.store.read.newestTurn('c1')]);
      const conversation = await engine.store.read.conversation('c1');
      states.push([
        turn?.state,
        conversation?.status,
        engine.store.chunks('c1').length,
        typesOf(engine.store.events(turn?.id ?? '')).includes('turn-sealed'),
      ]);
    };
    await engine.send();
    expect(new Set(states.map((state) => JSON.stringify(state)))).toEqual(
      new Set(['["running","active",0,false]', '["sealed","idle",2,true]']),
    );
  });

  it('leaves a conversation closed that was closed meanwhile', async () => {
    const engine = createEngine({ scripts: [SLOW] });
    await engine.begin();
    await engine.store.commit({
      *plan(q) {
        const row = yield* q.conversation('c1');
        if (row !== undefined) yield* q.putConversation({ ...row, status: 'closed', closes: 1 });
        return { result: null };
      },
    });
    await engine.idle();
    expect(await engine.store.read.conversation('c1')).toMatchObject({ status: 'closed', closes: 1 });
  });
});
