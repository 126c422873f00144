import type { WarmCall } from '@dispatch/extension-api';
import { describe, expect, it } from 'vitest';
import { tool } from '../extension/__fixtures__/activate.ts';
import {
  createEngine,
  type EngineSettings,
  fakeModels,
  fakeTools,
  recordingLog,
  SAY_HELLO,
} from './__fixtures__/engine.ts';
import { createWarmCalls } from './warm-calls.ts';

const WARM = [{ usage: [100, 0, 90, 10] as const }, { finish: 'stop' as const }];

/** Lets what needs no time go on; the clock of these tests would jump to its next timer. */
async function underWay(): Promise<void> {
  for (let round = 0; round < 50; round += 1) await Promise.resolve();
}

/** A conversation `c1` that was answered once, and the means to warm it. */
async function answered(settings: EngineSettings = {}) {
  const engine = createEngine({ scripts: [SAY_HELLO, WARM], tools: [tool('b'), tool('a')], ...settings });
  await engine.send();
  let draining = false;
  const calls = createWarmCalls({
    read: engine.store.read,
    models: fakeModels({ 'fake/one': engine.model }),
    tools: fakeTools([tool('b'), tool('a')]),
    clock: engine.clock,
    log: recordingLog([]),
    isDraining: () => draining,
  });
  return {
    ...engine,
    calls,
    warm: (call: Partial<WarmCall> = {}) => calls.warm({ conversationId: 'c1', ...call }),
    drain: () => {
      draining = true;
    },
  };
}

describe('a warm', () => {
  it('is the request of the next turn up to its last message, in tools and messages alike', async () => {
    const { warm, send, model } = await answered({ scripts: [SAY_HELLO, WARM, SAY_HELLO] });
    expect(await warm()).toMatchObject({
      kind: 'warmed',
      model: 'fake/one',
      usage: { inputTokens: 100, outputTokens: 0, cacheReadTokens: 90, cacheWriteTokens: 10 },
    });
    await send({ message: 'Go on.' });
    const [, warmed, next] = model.requests;
    expect(JSON.stringify(warmed?.tools)).toBe(JSON.stringify(next?.tools));
    expect(warmed?.prompt.length).toBe(next?.prompt.length);
    expect(JSON.stringify(warmed?.prompt.slice(0, -1))).toBe(JSON.stringify(next?.prompt.slice(0, -1)));
  });

  it('W10: leaves no trace in history, metrics, turns or events', async () => {
    const { warm, store, published } = await answered();
    const before = [
      await store.read.history('c1', { sinceSeq: 0 }),
      await store.read.metrics('c1'),
      published.length,
    ];
    expect((await warm()).kind).toBe('warmed');
    const after = [
      await store.read.history('c1', { sinceSeq: 0 }),
      await store.read.metrics('c1'),
      published.length,
    ];
    expect(after).toEqual(before);
  });

  it('W11: one at a time in a conversation, and none while a turn runs', async () => {
    const { warm, begin, idle } = await answered({
      scripts: [SAY_HELLO, [{ wait: 50 }, ...WARM], [{ wait: 50 }, ...SAY_HELLO]],
    });
    const both = await Promise.all([warm(), warm()]);
    expect(both).toMatchObject([{ kind: 'warmed' }, { kind: 'refused', reason: 'warm-running' }]);
    await begin();
    expect(await warm()).toEqual({ kind: 'refused', reason: 'turn-running' });
    await idle();
  });

  it('W6: is refused once the conversation was closed, and given up when that happens under way', async () => {
    const { warm, calls, model } = await answered({ scripts: [SAY_HELLO, [{ hangOpen: true }]] });
    expect(await warm({ closes: 1 })).toEqual({ kind: 'refused', reason: 'closed' });
    expect(model.requests).toHaveLength(1);
    const running = warm({ closes: 0 });
    await underWay();
    expect(model.requests).toHaveLength(2);
    calls.giveUp('another');
    calls.giveUp('c1');
    expect(await running).toMatchObject({
      kind: 'failed',
      failure: { message: 'The request was given up.' },
    });
    // It may be asked for again, by whoever may.
    expect((await warm({ closes: 1 })).kind).toBe('refused');
  });

  it.each<[string, Partial<WarmCall>, string]>([
    ['nobody has written to', { conversationId: 'other' }, 'unknown-conversation'],
    ['whose model nobody provides', { model: 'nobody/knows' }, 'unknown-model'],
  ])('is refused for a conversation %s', async (_, call, reason) => {
    const { warm, model } = await answered();
    expect(await warm(call)).toEqual({ kind: 'refused', reason });
    expect(model.requests).toHaveLength(1);
  });

  it('W9: a failure is told in the kernel’s words, and a silent provider is not waited for for ever', async () => {
    const { warm } = await answered({
      scripts: [SAY_HELLO, [{ reject: 'overloaded' }], [{ hangOpen: true }]],
    });
    expect(await warm()).toMatchObject({ kind: 'failed', failure: { code: 'overloaded', retryable: true } });
    expect(await warm()).toMatchObject({ kind: 'failed', failure: { code: 'provider-stalled' } });
  });

  it('is not begun by a kernel that ends, and ends with it', async () => {
    const { warm, calls, drain } = await answered({ scripts: [SAY_HELLO, [{ hangOpen: true }]] });
    const running = warm();
    await underWay();
    calls.stop();
    expect((await running).kind).toBe('failed');
    drain();
    expect(await warm()).toEqual({ kind: 'refused', reason: 'draining' });
  });

  it('asks the model and says where it comes from', async () => {
    const { calls } = await answered();
    expect(await calls.modelOf('c1')).toBe('fake/one');
    expect(calls.source('fake/one')).toEqual({ provider: 'fake', name: 'fake/one' });
    expect(calls.source('nobody/knows')).toBeUndefined();
  });
});
