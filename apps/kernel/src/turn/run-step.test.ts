import type { AgentEvent } from '@dispatch/wire';
import { describe, expect, it } from 'vitest';
import { createEngine, SAY_HELLO, textOf, typesOf } from './__fixtures__/engine.ts';
import { type Script, scriptedModel } from './__fixtures__/scripted-model.ts';
import { createVirtualClock } from './__fixtures__/virtual-clock.ts';

const errorsIn = (events: readonly AgentEvent[]) => events.filter(({ type }) => type === 'error');
const statusesIn = (events: readonly AgentEvent[]) => events.filter(({ type }) => type === 'status');

describe('retries before the first byte', () => {
  it('T11: retries emit status and no error, and the answer counts', async () => {
    const engine = createEngine({
      scripts: [[{ reject: 'overloaded' }], [{ fail: 'provider-unavailable' }], SAY_HELLO],
    });
    const events = await engine.send();
    expect(errorsIn(events)).toEqual([]);
    expect(statusesIn(events)).toMatchObject([
      { status: 'retrying', code: 'overloaded', attempt: 2, model: 'fake/one' },
      { status: 'retrying', code: 'provider-unavailable', attempt: 3, model: 'fake/one' },
    ]);
    expect(textOf(events)).toBe('Hello there');
    expect(engine.model.requests).toHaveLength(3);
  });

  it('each failed attempt is logged once, with its code and without the words of the provider', async () => {
    const engine = createEngine({
      scripts: [[{ reject: 'overloaded' }], [{ text: 'a' }, { fail: 'provider-unavailable' }]],
      models: {},
    });
    const turnId = await engine.begin();
    await engine.idle();
    expect(engine.warned).toEqual([
      { turnId, model: 'fake/one', code: 'overloaded' },
      { turnId, model: 'fake/one', code: 'provider-unavailable' },
    ]);
    const nobodys = await engine.begin({ model: 'nobody/x' });
    await engine.idle();
    expect(engine.warned.slice(2)).toEqual([{ turnId: nobodys, model: 'nobody/x', code: 'unknown-model' }]);
  });

  it('T11: the last failure emits exactly one error, and T1 holds', async () => {
    const engine = createEngine({ scripts: [[{ reject: 'overloaded' }]] });
    const events = await engine.send();
    expect(engine.model.requests).toHaveLength(3);
    expect(typesOf(events)).toEqual([
      ...['user-message', 'turn-start', 'status', 'status', 'error', 'done', 'turn-sealed'],
    ]);
    expect(errorsIn(events)).toMatchObject([
      { code: 'overloaded', message: 'it said overloaded', retryable: true },
    ]);
    expect(events.at(-2)).toMatchObject({ reason: 'error' });
    expect(engine.store.chunks('c1').map(({ role, chunk }) => [role, chunk])).toEqual([
      ['user', { type: 'text', text: 'Hi' }],
      ['assistant', { type: 'error', message: 'it said overloaded', code: 'overloaded' }],
    ]);
  });

  it('waits as long as the provider asks, but not longer than the cap', async () => {
    const engine = createEngine({
      scripts: [
        [{ reject: 'rate-limited', retryAfterMs: 7_000 }],
        [{ reject: 'rate-limited', retryAfterMs: 3_600_000 }],
        SAY_HELLO,
      ],
    });
    const events = await engine.send();
    expect(statusesIn(events)).toMatchObject([{ delayMs: 7_000 }, { delayMs: 60_000 }]);
    expect(events.at(-2)).toMatchObject({ durationMs: 67_000 });
  });

  it('waits a random time under a doubling bound when the provider does not say', async () => {
    for (let round = 0; round < 20; round += 1) {
      const engine = createEngine({ scripts: [[{ reject: 'overloaded' }]] });
      const [first, second] = statusesIn(await engine.send());
      expect(first?.type === 'status' && first.delayMs).toBeLessThanOrEqual(1_000);
      expect(second?.type === 'status' && second.delayMs).toBeLessThanOrEqual(2_000);
    }
  });

  it.each([
    'quota-exhausted',
    'authentication-failed',
    'request-rejected',
    'context-too-long',
    'unknown-model',
  ] as const)('does not ask the same model again after %s', async (code) => {
    const engine = createEngine({ scripts: [[{ reject: code }]] });
    const events = await engine.send();
    expect(engine.model.requests).toHaveLength(1);
    expect(errorsIn(events)).toMatchObject([{ code }]);
  });
});

describe('T13: after output nothing is asked again', () => {
  it.each<[string, Script, string]>([
    ['an in-band error', [{ text: 'Half' }, { fail: 'overloaded' }], 'overloaded'],
    ['T12: a stream without its terminal event', [{ text: 'Half' }], 'response-truncated'],
    ['T12: a finish without a raw reason', [{ text: 'Half' }, { finish: 'other' }], 'response-truncated'],
    ['a finish that means failure', [{ text: 'Half' }, { finish: 'error' }], 'provider-error'],
    ['a stall', [{ text: 'Half' }, { hang: true }], 'provider-stalled'],
  ])('%s keeps the text and ends the turn with one error', async (_, script, code) => {
    const clock = createVirtualClock({ auto: true });
    const two = scriptedModel(clock, SAY_HELLO);
    const engine = createEngine({
      clock,
      scripts: [script, SAY_HELLO],
      models: { 'fake/two': two },
      fallbackModels: ['fake/two'],
    });
    const events = await engine.send();
    expect([engine.model.requests.length, two.requests.length]).toEqual([1, 0]);
    expect(textOf(events)).toBe('Half');
    expect(typesOf(events).slice(-5)).toEqual([
      'text-delta',
      'step-complete',
      'error',
      'done',
      'turn-sealed',
    ]);
    expect(errorsIn(events)).toMatchObject([{ code }]);
    expect(engine.store.chunks('c1').map(({ chunk }) => chunk.type)).toEqual(['text', 'text', 'error']);
  });

  it('a failure behind a tool call gives the call its one result', async () => {
    const engine = createEngine({ scripts: [[{ call: 'nobody', id: 'a' }, { fail: 'overloaded' }]] });
    const events = await engine.send();
    expect(typesOf(events).slice(2)).toEqual([
      ...['tool-call', 'step-complete', 'tool-result', 'error', 'done', 'turn-sealed'],
    ]);
  });
});

describe('stalls', () => {
  it('waits 120 s for the first byte and 60 s for each further one, and cuts the connection', async () => {
    const silent = createEngine({ scripts: [[{ hangOpen: true }]], limits: { retries: 0 } });
    expect((await silent.send()).slice(-3)).toMatchObject([
      { type: 'error', code: 'provider-stalled' },
      { type: 'done', durationMs: 120_000 },
      { type: 'turn-sealed' },
    ]);
    const early = createEngine({ scripts: [[{ text: 'a' }, { hang: true }]] });
    expect((await early.send()).at(-2)).toMatchObject({ reason: 'error', durationMs: 60_000 });
    const stopped = createEngine({ scripts: [[{ wait: 100_000 }, { text: 'a' }, { hang: true }]] });
    expect((await stopped.send()).at(-2)).toMatchObject({ reason: 'error', durationMs: 160_000 });
    expect(stopped.model.cancelled).toBe(1);
  });

  it('does not count the time in which nobody reads', async () => {
    const engine = createEngine({
      scripts: [[{ text: 'a' }, { text: 'b' }, { wait: 59_000 }, { finish: 'stop' }]],
    });
    expect((await engine.send()).at(-2)).toMatchObject({ reason: 'stop' });
  });
});

describe('fallback models', () => {
  const clock = createVirtualClock({ auto: true });

  it('tries the configured models in order, and only the last failure is an error', async () => {
    const two = scriptedModel(clock, [{ reject: 'authentication-failed' }]);
    const three = scriptedModel(clock, SAY_HELLO);
    const engine = createEngine({
      clock,
      scripts: [[{ reject: 'quota-exhausted' }]],
      models: { 'fake/two': two, 'fake/three': three },
      fallbackModels: ['fake/one', 'fake/two', 'gone/x', 'fake/three'],
    });
    const events = await engine.send();
    expect(statusesIn(events)).toMatchObject([
      { status: 'falling-back', code: 'quota-exhausted', model: 'fake/two' },
      { status: 'falling-back', code: 'authentication-failed', model: 'gone/x' },
      { status: 'falling-back', code: 'unknown-model', model: 'fake/three' },
    ]);
    expect(errorsIn(events)).toEqual([]);
    expect(await engine.store.read.metrics('c1')).toMatchObject([
      { model: 'fake/three', steps: [{ model: 'fake/three' }] },
    ]);
  });

  it("prefers the conversation's own, and stays with the model that answered", async () => {
    const two = scriptedModel(clock, [{ call: 'nobody', id: 'a' }, { finish: 'tool-calls' }], SAY_HELLO);
    const engine = createEngine({
      clock,
      scripts: [SAY_HELLO, [{ reject: 'quota-exhausted' }]],
      models: { 'fake/two': two },
    });
    await engine.send();
    const known = await engine.store.read.conversation('c1');
    if (known === undefined) throw new Error('no conversation');
    await engine.store.commit({
      *plan(q) {
        yield* q.putConversation({ ...known, fallbackModels: ['fake/two'] });
        return { result: null };
      },
    });
    await engine.send();
    expect(engine.model.requests).toHaveLength(2);
    expect(two.requests).toHaveLength(2);
  });

  it('shows another model no signatures and no reasoning of the first', async () => {
    const two = scriptedModel(clock, SAY_HELLO);
    const engine = createEngine({
      clock,
      scripts: [
        [
          { reasoning: 'hm', signature: 's' },
          { call: 'nobody', id: 'a', metadata: 'm' },
          { finish: 'tool-calls' },
        ],
        [{ reject: 'quota-exhausted' }],
      ],
      models: { 'fake/two': two },
      fallbackModels: ['fake/two'],
    });
    await engine.send();
    expect(two.requests[0]?.prompt[1]).toEqual({
      role: 'assistant',
      content: [{ type: 'tool-call', toolCallId: 'a', toolName: 'nobody', input: {} }],
    });
  });

  it('T2: an unknown model is an error inside a complete turn, and the message is kept', async () => {
    const engine = createEngine();
    const events = await engine.send({ model: 'nobody/x' });
    expect(typesOf(events)).toEqual(['user-message', 'turn-start', 'error', 'done', 'turn-sealed']);
    expect(errorsIn(events)).toMatchObject([{ code: 'unknown-model', retryable: false }]);
    expect(engine.store.chunks('c1')[0]).toMatchObject({ role: 'user', chunk: { text: 'Hi' } });
  });
});
