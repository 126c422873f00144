import { describe, expect, it, vi } from 'vitest';
import { createEngine, type Engine, SAY_HELLO } from '../turn/__fixtures__/engine.ts';
import type { Script } from '../turn/__fixtures__/scripted-model.ts';
import { createVirtualClock } from '../turn/__fixtures__/virtual-clock.ts';
import type { QueueRequest } from './queue-plans.ts';

const OWNER = { userId: 'usr_owner', conversationId: 'c1' } as const;
const HANG: Script = [{ text: 'Well' }, { hang: true }];

const add = (engine: Engine, message: string, more: Partial<QueueRequest> = {}) =>
  engine.queue.add({ ...OWNER, message, mode: 'queue', ...more });

async function queued(engine: Engine, ...texts: readonly string[]): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const text of texts) {
    const outcome = await add(engine, text);
    ids.push(outcome.kind === 'queued' ? outcome.messageId : `not queued but ${outcome.kind}`);
  }
  return ids;
}

const textsOf = async (engine: Engine) => (await engine.queue.of('c1')).messages.map(({ text }) => text);

/** The words each turn began with, in order. */
const begunWith = (engine: Engine) =>
  engine.published.flatMap(({ event }) => (event.type === 'user-message' ? [event.text] : []));

/** An engine whose first turn runs until it is stopped. */
async function running(...scripts: readonly Script[]): Promise<Engine & { readonly turnId: string }> {
  const engine = createEngine({
    scripts: [HANG, ...(scripts.length === 0 ? [SAY_HELLO] : scripts)],
    // Nothing stalls while it hangs.
    clock: createVirtualClock(),
  });
  return Object.assign(engine, { turnId: await engine.begin() });
}

async function stopped(engine: Engine): Promise<void> {
  await engine.turns.stop('c1');
  await engine.still();
}

describe('ST2: a message for the next turn', () => {
  it('starts a turn at once where none runs', async () => {
    const engine = createEngine();
    for (const mode of ['steer', 'queue'] as const) {
      expect(await add(engine, 'Hi', { mode })).toMatchObject({ kind: 'started' });
      await engine.still();
    }
    expect(begunWith(engine)).toEqual(['Hi', 'Hi']);
  });

  it('starts when the turn before it is over, one after the other, each with its own model', async () => {
    const engine = createEngine({ scripts: [[{ text: 'a' }, { wait: 50 }, { finish: 'stop' }], SAY_HELLO] });
    await engine.begin({ message: 'one' });
    await add(engine, 'two');
    await add(engine, 'three', { model: 'fake/none' });
    await add(engine, 'four');
    await engine.still();
    // No credential provides the model of the third, so the fourth is held.
    expect(begunWith(engine)).toEqual(['one', 'two', 'three']);
    expect(await engine.queue.of('c1')).toMatchObject({ messages: [{ text: 'four' }], held: true });
  });

  it.each(['queue', 'steer'] as const)(
    'is not overtaken by one of mode %s that comes while it is started',
    async (mode) => {
      const engine = createEngine({ scripts: [[{ text: 'a' }, { wait: 50 }, { finish: 'stop' }], HANG] });
      const turnId = await engine.begin({ message: 'one' });
      await queued(engine, 'two');
      let late: ReturnType<typeof add> | undefined;
      const { queue } = engine.store.read;
      Object.assign(engine.store.read, {
        queue: async (id: string) => {
          const waiting = await queue(id);
          const { state } = (await engine.store.read.turn(turnId)) ?? {};
          if (state === 'sealed' && late === undefined) {
            late = add(engine, 'three', { mode });
            await engine.clock.sleep(50);
          }
          return waiting;
        },
      });
      await vi.waitFor(async () => {
        await engine.clock.advance(10);
        expect(begunWith(engine)).toHaveLength(2);
      });
      expect(await late).toMatchObject({ kind: 'queued' });
      expect(begunWith(engine)).toEqual(['one', 'two']);
    },
  );

  it.each(['stop', 'error', 'interrupted'] as const)('is held behind a turn that ends by %s', async (how) => {
    const engine = await running([{ reject: 'authentication-failed' }]);
    await queued(engine, 'one');
    if (how === 'stop') await stopped(engine);
    if (how === 'error') engine.turns.fail({ code: 'internal', message: 'x', retryable: false });
    if (how === 'interrupted') {
      const drained = engine.turns.drain(0);
      await engine.clock.advance(0);
      await drained;
    }
    await engine.still();
    expect(begunWith(engine)).toEqual(['Hi']);
    expect(await engine.queue.of('c1')).toMatchObject({ messages: [{ text: 'one' }], held: true });
  });

  it('goes on once the person sends something else, behind that', async () => {
    const engine = await running();
    await queued(engine, 'one', 'two');
    await stopped(engine);
    await engine.begin({ message: 'three' });
    await engine.still();
    expect(begunWith(engine)).toEqual(['Hi', 'three', 'one', 'two']);
    expect(await engine.queue.of('c1')).toEqual({ messages: [], held: false });
  });

  it('is what a message that was steered and held becomes when a turn is answered once more', async () => {
    const engine = await running(SAY_HELLO);
    await add(engine, 'Quickly!', { mode: 'steer' });
    await add(engine, 'one');
    await stopped(engine);
    await engine.turns.start({ userId: 'usr_owner', conversationId: 'c1', regenerates: engine.turnId });
    await engine.still();
    expect(begunWith(engine)).toEqual(['Hi', 'Hi', 'Quickly!', 'one']);
    expect(engine.published.filter(({ event }) => event.type === 'steering')).toEqual([]);
  });

  it('is no message that is steered into a turn that answers once more', async () => {
    const engine = await running(HANG);
    await add(engine, 'held', { mode: 'steer' });
    await stopped(engine);
    await engine.turns.start({ userId: 'usr_owner', conversationId: 'c1', regenerates: engine.turnId });
    await add(engine, 'now', { mode: 'steer' });
    const modes = async () => (await engine.queue.of('c1')).messages.map(({ text, mode }) => [text, mode]);
    expect(await modes()).toEqual([
      ['held', 'queue'],
      ['now', 'steer'],
    ]);
    const [held] = (await engine.queue.of('c1')).messages;
    await engine.queue.change({ ...OWNER, messageId: held?.id ?? '', mode: 'steer' });
    expect((await modes())[0]).toEqual(['held', 'steer']);
  });

  it('survives a restart, and is held', async () => {
    const engine = await running();
    await queued(engine, 'one');
    const next = createEngine({ store: engine.store.restart() });
    await next.still();
    expect(begunWith(next)).toEqual([]);
    expect(await textsOf(next)).toEqual(['one']);
  });

  it('is not started by a turn whose conversation was closed meanwhile', async () => {
    const engine = createEngine({ scripts: [[{ text: 'a' }, { wait: 50 }, { finish: 'stop' }]] });
    await engine.begin();
    await queued(engine, 'one');
    await engine.store.commit({
      *plan(q) {
        const row = yield* q.conversation('c1');
        if (row !== undefined) yield* q.putConversation({ ...row, status: 'closed' });
        return { result: null };
      },
    });
    await engine.still();
    expect(begunWith(engine)).toEqual(['Hi']);
    expect(await engine.queue.of('c1')).toMatchObject({ held: true });
  });

  it('ST1: is not hit by a stop that names the turn before it', async () => {
    const engine = createEngine({ scripts: [SAY_HELLO, HANG], clock: createVirtualClock() });
    const first = await engine.begin();
    await queued(engine, 'next');
    while (begunWith(engine).length < 2) await engine.breath();
    expect(await engine.turns.stop('c1', first)).toBeUndefined();
    await engine.breath();
    expect(engine.turns.runningCount).toBe(1);
    await stopped(engine);
    const ends = engine.published.flatMap(({ event }) => (event.type === 'done' ? [event.reason] : []));
    expect(ends).toEqual(['stop', 'aborted']);
  });
});

describe('ST2: what waits', () => {
  it('can be edited, moved and removed from two clients at once; whoever is second finds what the first one left', async () => {
    const engine = await running();
    const [a = '', b = '', c = ''] = await queued(engine, 'a', 'b', 'c');
    const [edit, move, gone] = await Promise.all([
      engine.queue.change({ ...OWNER, messageId: a, text: 'A' }),
      engine.queue.change({ ...OWNER, messageId: c, position: 1 }),
      engine.queue.remove('usr_owner', 'c1', b),
    ]);
    expect([edit, move, gone]).toEqual([{ kind: 'changed' }, { kind: 'changed' }, true]);
    expect(await textsOf(engine)).toEqual(['c', 'A']);
    expect((await engine.queue.of('c1')).messages[1]).toMatchObject({ editedAt: expect.any(Number) });
    const twice = await Promise.all([1, 2].map(() => engine.queue.remove('usr_owner', 'c1', c)));
    expect(twice.sort()).toEqual([false, true]);
    expect(await engine.queue.change({ ...OWNER, messageId: c, text: 'C' })).toEqual({ kind: 'not-found' });
    await engine.queue.change({ ...OWNER, messageId: a, position: 99 });
    expect(await textsOf(engine)).toEqual(['A']);
  });

  it('starts a turn when it is promoted while none runs, once', async () => {
    const engine = await running();
    const [, b = ''] = await queued(engine, 'a', 'b');
    await stopped(engine);
    const promote = () => engine.queue.change({ ...OWNER, messageId: b, mode: 'steer', text: 'B' });
    const both = await Promise.all([promote(), promote()]);
    expect(both.map(({ kind }) => kind).filter((kind) => kind === 'started')).toHaveLength(1);
    await engine.still();
    expect(begunWith(engine)).toEqual(['Hi', 'B', 'a']);
  });

  it('is delivered to the turn that runs when it is promoted', async () => {
    const wait: Script = [{ text: 'a' }, { wait: 50 }, { finish: 'stop' }];
    const engine = createEngine({ scripts: [wait, SAY_HELLO] });
    const turnId = await engine.begin();
    const [a = ''] = await queued(engine, 'a', 'b');
    expect(await engine.queue.change({ ...OWNER, messageId: a, mode: 'steer' })).toEqual({ kind: 'changed' });
    await engine.still();
    expect(engine.store.events(turnId)).toContainEqual(
      expect.objectContaining({ type: 'steering', messageId: a, text: 'a' }),
    );
    expect(begunWith(engine)).toEqual(['Hi', 'b']);
  });

  it('M1: the same key twice is one message, also when the first started a turn', async () => {
    const engine = await running();
    const key = { principal: 'usr_owner', key: 'k', operation: 'queueMessage', bodyHash: 'h', expiresAt: 9 };
    const first = await add(engine, 'one', { idempotency: key });
    expect(first).toMatchObject({ kind: 'queued' });
    expect(await add(engine, 'one', { idempotency: key })).toEqual(first);
    await stopped(engine);
    expect(await add(engine, 'one', { idempotency: key })).toEqual(first);
    expect(await textsOf(engine)).toEqual(['one']);
    expect(await add(engine, 'x', { idempotency: { ...key, bodyHash: 'i' } })).toEqual({
      kind: 'key-mismatch',
    });
    const started = await add(engine, 'two', { idempotency: { ...key, key: 'l' } });
    expect(started).toMatchObject({ kind: 'started' });
    expect(await add(engine, 'two', { idempotency: { ...key, key: 'l' } })).toEqual(started);
  });

  it('M1: the same promotion twice starts one turn, also when its answer was lost', async () => {
    const engine = await running();
    const [a = ''] = await queued(engine, 'a');
    await stopped(engine);
    const key = { principal: 'usr_owner', key: 'k', operation: 'changeQueued', bodyHash: 'h', expiresAt: 9 };
    const promote = (idempotency = key) =>
      engine.queue.change({ ...OWNER, messageId: a, mode: 'steer', idempotency });
    expect(await promote()).toMatchObject({ kind: 'started' });
    expect(await promote()).toEqual({ kind: 'changed' });
    expect(await promote({ ...key, bodyHash: 'i' })).toEqual({ kind: 'key-mismatch' });
    await engine.still();
    expect(begunWith(engine)).toEqual(['Hi', 'a']);
  });

  it('ST2 RG1: what waits behind a regenerate goes on from the version that is shown then', async () => {
    const answers: Script[] = [
      [{ text: 'one' }, { finish: 'stop' }],
      [{ text: 'two' }, { wait: 50 }, { finish: 'stop' }],
    ];
    const silent: Script = [{ wait: 50 }, { finish: 'stop' }];
    const engine = createEngine({ scripts: [...answers, SAY_HELLO, silent, SAY_HELLO] });
    const first = await engine.begin({ message: 'What?' });
    await engine.idle();
    await engine.begin({ regenerates: first, message: 'What else?' });
    await queued(engine, 'Go on.');
    await engine.still();
    const seen = (request: number) =>
      engine.model.requests[request]?.prompt.map(({ content }) => Object(content[0]).text);
    expect(seen(2)).toEqual(['What else?', 'two', 'Go on.']);
    // A try that says nothing is withdrawn, and what waits stands behind the version that is back.
    await engine.begin({ regenerates: first, message: 'Nothing?' });
    await queued(engine, 'And on.');
    await engine.still();
    expect(seen(4)).toEqual(['What else?', 'two', 'Go on.', 'Hello there', 'And on.']);
  });

  it('somebody else’s is as nothing', async () => {
    const engine = await running();
    const [a = ''] = await queued(engine, 'a');
    const other = { userId: 'usr_other', conversationId: 'c1' };
    expect(await engine.queue.add({ ...other, message: 'x', mode: 'steer' })).toEqual({ kind: 'not-found' });
    expect(await engine.queue.list('usr_other', 'c1')).toEqual({ messages: [], held: false });
    expect(await engine.queue.change({ ...other, messageId: a, text: 'x' })).toEqual({ kind: 'not-found' });
    expect(await engine.queue.remove('usr_other', 'c1', a)).toBe(false);
    expect(await engine.queue.change({ ...OWNER, conversationId: 'c2', messageId: a })).toEqual({
      kind: 'not-found',
    });
    expect(await textsOf(engine)).toEqual(['a']);
  });

  it('is at most 50 messages of 1 MiB together', async () => {
    const engine = await running();
    const [first = ''] = await queued(engine, 'ä'.repeat(524_288 - 49));
    for (let count = 1; count < 50; count += 1) await queued(engine, 'x');
    expect(await add(engine, 'x')).toEqual({ kind: 'queue-full' });
    const longer = 'ä'.repeat(524_288);
    expect(await engine.queue.change({ ...OWNER, messageId: first, text: longer })).toEqual({
      kind: 'queue-full',
    });
    expect(await engine.queue.remove('usr_owner', 'c1', first)).toBe(true);
    expect(await add(engine, longer)).toEqual({ kind: 'queue-full' });
    expect(await add(engine, 'x')).toMatchObject({ kind: 'queued' });
  });

  it('is told of, each time it may be another', async () => {
    const engine = await running();
    const before = engine.queueChanges.length;
    const [a = ''] = await queued(engine, 'a');
    await engine.queue.change({ ...OWNER, messageId: a, text: 'b' });
    expect(engine.queueChanges.length).toBe(before + 2);
    await stopped(engine);
    expect(engine.queueChanges.length).toBe(before + 3);
    await engine.queue.remove('usr_owner', 'c1', a);
    await engine.queue.remove('usr_owner', 'c1', a);
    expect(engine.queueChanges.length).toBe(before + 4);
  });
});
