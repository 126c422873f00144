import type { Principal } from '@dispatch/link';
import { describe, expect, it } from 'vitest';
import { type AskingTool, askingTool } from '../approval/__fixtures__/asking-tool.ts';
import { EXPIRY_MS } from '../approval/approvals.ts';
import type { StartTurnRequest } from '../ports.ts';
import { createEngine, type Engine, recordingLog, SAY_HELLO, typesOf } from './__fixtures__/engine.ts';
import type { MemoryStore } from './__fixtures__/memory-store.ts';
import { type Act, type Script, scriptedModel } from './__fixtures__/scripted-model.ts';
import { createVirtualClock } from './__fixtures__/virtual-clock.ts';
import { createCeilings, turnLimits } from './ceilings.ts';
import { recoverTurns } from './recover-turns.ts';
import { recount, waitingTurn } from './waiting-turn.ts';

const OWNER: Principal = { userId: 'usr_owner', sessionId: 'local', scopes: [] };
const write = (id: string, path: string): Act => ({ call: 'write', id, input: JSON.stringify({ path }) });
const SCRIPT: Script = [
  { text: 'Let me see' },
  write('a', 'x'),
  write('b', 'y'),
  { usage: [3, 4] },
  { finish: 'tool-calls' },
];

const LEFT = 'not run: the working directory of the conversation was changed since this turn began';

/** An engine whose turn asks for two calls. */
async function waiting(
  tool: AskingTool,
  script = SCRIPT,
  request: Partial<StartTurnRequest> = {},
): Promise<{ engine: Engine; turnId: string }> {
  const engine = createEngine({ clock: createVirtualClock(), tools: [tool], scripts: [script, SAY_HELLO] });
  const turnId = await engine.begin(request);
  await engine.clock.advance(100);
  return { engine, turnId };
}

/** The next start of the kernel, behind its recovery. */
async function nextStart(
  store: MemoryStore,
  tool: AskingTool,
): Promise<Engine & { readonly sealed: number }> {
  const clock = createVirtualClock();
  const engine = createEngine({ store, clock, tools: [tool], scripts: [SAY_HELLO] });
  const giveUp = new AbortController().signal;
  const log = recordingLog([]);
  const sealed = await recoverTurns({ store, clock, log, resume: engine.turns.resume, giveUp });
  await clock.advance(100);
  return Object.assign(engine, { sealed });
}

async function answerAll({ store, approvals, clock }: Engine, decision: 'allow' | 'deny'): Promise<void> {
  const { rows } = await store.read.approvals.pendingApprovals('usr_owner');
  for (const { id } of rows) await approvals.answer(OWNER, id, { decision });
  await clock.advance(100);
}

const results = (store: MemoryStore, turnId: string) =>
  store.events(turnId).flatMap((event) => (event.type === 'tool-result' ? [event.content] : []));

describe('ST3: a turn that waits for people outlives its kernel', () => {
  it('goes on where it waited, and asks its model what it would have been asked', async () => {
    const tool = askingTool();
    const { engine: first, turnId } = await waiting(tool);
    const before = first.store.events(turnId);
    const asked = (await first.store.read.approvals.approvalsOfTurn(turnId)).map(({ id }) => id);
    const next = await nextStart(first.store.restart(), tool);
    expect(next.sealed).toBe(0);
    expect((await next.store.read.approvals.approvalsOfTurn(turnId)).map(({ id }) => id)).toEqual(asked);
    await answerAll(next, 'allow');
    await next.idle();
    expect(tool.runs).toEqual([{ path: 'x' }, { path: 'y' }]);
    const events = next.store.events(turnId);
    expect(events.slice(0, before.length)).toEqual(before);
    expect(typesOf(events.slice(before.length))).toEqual([
      'tool-result',
      'tool-result',
      'text-delta',
      'usage',
      'step-complete',
      'done',
      'turn-sealed',
    ]);
    expect(events.at(-2)).toMatchObject({ reason: 'stop', usage: { inputTokens: 13, outputTokens: 6 } });
    const uncut = (await waiting(askingTool())).engine;
    await answerAll(uncut, 'allow');
    expect(next.model.requests[0]?.prompt).toEqual(uncut.model.requests[1]?.prompt);
    expect(next.published.every(({ n }) => n >= before.length)).toBe(true);
  });

  it('T9: a call that had begun is not run again, and those behind it are', async () => {
    const hanging = askingTool({ execute: () => new Promise(() => {}) });
    const { engine: first, turnId } = await waiting(hanging);
    const [asked] = await first.store.read.approvals.approvalsOfTurn(turnId);
    await first.approvals.answer(OWNER, asked?.id ?? '', { decision: 'allow' });
    await first.clock.advance(100);
    expect(await first.store.read.approvals.effectsOfTurn(turnId)).toMatchObject([{ state: 'begun' }]);
    const tool = askingTool();
    const next = await nextStart(first.store.restart(), tool);
    await answerAll(next, 'allow');
    await next.idle();
    expect(tool.runs).toEqual([{ path: 'y' }]);
    expect(results(next.store, turnId)).toEqual(['interrupted, outcome unknown', 'wrote y']);
  });

  it('what was allowed and had not begun is run, and what expired meanwhile is denied', async () => {
    const tool = askingTool();
    const { engine: first, turnId } = await waiting(tool);
    const [, second] = await first.store.read.approvals.approvalsOfTurn(turnId);
    await first.approvals.answer(OWNER, second?.id ?? '', { decision: 'allow' });
    const next = await nextStart(first.store.restart(), tool);
    await next.clock.advance(EXPIRY_MS);
    await next.idle();
    expect(results(next.store, turnId)).toEqual(['not run: nobody allowed this call in time', 'wrote y']);
  });

  it('T8: is sealed as interrupted, with its questions taken back, when its model had not finished', async () => {
    const tool = askingTool();
    const { engine: first, turnId } = await waiting(tool, [write('a', 'x'), { hang: true }]);
    expect(await first.store.read.approvals.approvalsOfTurn(turnId)).toMatchObject([{ state: 'pending' }]);
    const next = await nextStart(first.store.restart(), tool);
    expect(next.sealed).toBe(1);
    expect(await next.store.read.approvals.approvalsOfTurn(turnId)).toMatchObject([{ state: 'withdrawn' }]);
    expect(next.store.events(turnId).at(-2)).toMatchObject({ type: 'done', reason: 'interrupted' });
  });

  it('is left by a drain once no tool of it runs', async () => {
    let finish = () => {};
    const slow = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const execute = () => slow.then(() => ({ content: 'slowly', isError: false }));
    const { engine, turnId } = await waiting(askingTool({ execute }));
    const [asked] = await engine.store.read.approvals.approvalsOfTurn(turnId);
    await engine.approvals.answer(OWNER, asked?.id ?? '', { decision: 'allow' });
    await engine.clock.advance(100);
    const drained = engine.turns.drain(10_000);
    await engine.clock.advance(1_000);
    expect(engine.turns.runningCount).toBe(1);
    finish();
    await engine.clock.advance(200);
    await drained;
    expect(results(engine.store, turnId)).toEqual(['slowly']);
    expect((await engine.store.read.turn(turnId))?.state).toBe('running');
  });

  it('is left by a drain at once when it only waits, and goes on behind it', async () => {
    const tool = askingTool();
    const { engine: first, turnId } = await waiting(tool);
    const drained = first.turns.drain(10_000);
    await first.clock.advance(200);
    await drained;
    expect(typesOf(first.store.events(turnId)).at(-1)).toBe('step-complete');
    expect(first.turns.runningCount).toBe(0);
    const next = await nextStart(first.store.restart(), tool);
    await answerAll(next, 'deny');
    await next.idle();
    expect(next.store.events(turnId).at(-2)).toMatchObject({ type: 'done', reason: 'stop' });
    expect(tool.runs).toEqual([]);
  });

  it.each([
    ['goes on in the directory that was shown', '/shown', ['wrote x', 'wrote y']],
    ['runs nothing once the conversation has another directory than was shown', '/elsewhere', [LEFT, LEFT]],
  ])('S-54: %s', async (_, now, expected) => {
    const cwds: (string | undefined)[] = [];
    const { execute } = askingTool();
    const tool = askingTool({
      execute: async (input, context) => {
        cwds.push(context.cwd);
        return execute(input, context);
      },
    });
    const { engine: first, turnId } = await waiting(tool, SCRIPT, { cwd: '/shown' });
    const store = first.store.restart();
    await store.commit({
      *plan(q) {
        const row = yield* q.conversation('c1');
        if (row !== undefined) yield* q.putConversation({ ...row, cwd: now });
        return { result: null };
      },
    });
    const next = await nextStart(store, tool);
    await answerAll(next, 'allow');
    await next.idle();
    expect(results(store, turnId)).toEqual(expected);
    expect(cwds).toEqual(now === '/shown' ? ['/shown', '/shown'] : []);
    const state = now === '/shown' ? 'allowed' : 'withdrawn';
    expect(await store.read.approvals.approvalsOfTurn(turnId)).toMatchObject([{ state }, { state }]);
  });

  it('ST2: is given what was steered into it meanwhile, behind its results', async () => {
    const tool = askingTool();
    const { engine: first, turnId } = await waiting(tool);
    const message = { userId: 'usr_owner', conversationId: 'c1', mode: 'steer' } as const;
    await first.queue.add({ ...message, message: 'Quickly!' });
    const next = await nextStart(first.store.restart(), tool);
    void next.queue.add({ ...message, message: 'And well.' });
    await answerAll(next, 'allow');
    await next.idle();
    expect(next.model.requests).toHaveLength(1);
    expect(next.model.requests[0]?.prompt.slice(-2).map(({ content }) => content)).toMatchObject([
      [{ text: 'Quickly!' }],
      [{ text: 'And well.' }],
    ]);
    expect(typesOf(next.store.events(turnId)).slice(-7)).toEqual([
      ...['steering', 'steering', 'text-delta', 'usage', 'step-complete', 'done', 'turn-sealed'],
    ]);
    expect(await next.store.read.queue('c1')).toEqual([]);
  });

  it('falls back as it would have, also where its model is not the conversation’s', async () => {
    const [two, fallbackModels] = [scriptedModel(createVirtualClock(), SCRIPT), ['fake/one', 'fake/two']];
    const models = { 'fake/two': two };
    const tools = [askingTool()];
    const engine = createEngine({ clock: createVirtualClock(), tools, models, fallbackModels });
    const regenerates = await engine.begin({ model: 'fake/one' });
    await engine.clock.advance(100);
    const version = await engine.begin({ regenerates, model: 'fake/two' });
    await engine.clock.advance(100);
    const { store } = engine;
    const row = await store.read.turn(version);
    if (row === undefined) throw new Error('the version is lost');
    const parts = {
      store,
      models: { fallbackModels },
      log: recordingLog([]),
      limits: { toolCallsPerStep: 9 },
    };
    expect((await waitingTurn(parts, row))?.turn.models).toEqual(['fake/two', 'fake/one']);
  });

  it('T10: has used up what it had used up before', async () => {
    const tool = askingTool();
    const { engine, turnId } = await waiting(tool, [{ text: 'x'.repeat(10) }, ...SCRIPT]);
    const events = engine.store.events(turnId);
    const admitted: number[] = [];
    const ceilings = createCeilings(turnLimits());
    const counting = {
      ...ceilings,
      admit: (characters: number) => {
        admitted.push(characters);
        return ceilings.admit(characters);
      },
    };
    recount(counting, events);
    const calls = events
      .filter(({ type }) => type === 'tool-call')
      .map((call) => JSON.stringify(call).length);
    expect(admitted.filter((characters) => characters > 0)).toEqual([10, 10, ...calls]);
  });

  it('may be stopped behind the restart', async () => {
    const tool = askingTool();
    const { engine: first, turnId } = await waiting(tool);
    const next = await nextStart(first.store.restart(), tool);
    expect(await next.turns.stop('c1', turnId)).toBe(turnId);
    await next.idle();
    expect(next.store.events(turnId).at(-2)).toMatchObject({ type: 'done', reason: 'aborted' });
    expect(await next.store.read.approvals.approvalsOfTurn(turnId)).toMatchObject([
      { state: 'withdrawn' },
      { state: 'withdrawn' },
    ]);
  });
});
