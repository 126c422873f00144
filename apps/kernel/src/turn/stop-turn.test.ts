import type { Tool } from '@dispatch/extension-api';
import { describe, expect, it } from 'vitest';
import { createEngine, SAY_HELLO, typesOf } from './__fixtures__/engine.ts';
import type { Script } from './__fixtures__/scripted-model.ts';
import { createVirtualClock, settle } from './__fixtures__/virtual-clock.ts';

const deaf: Tool = {
  name: 'deaf',
  description: 'Never ends and does not listen',
  inputSchema: { type: 'object' },
  execute: () => new Promise(() => {}),
};

const quick: Tool = { ...deaf, name: 'quick', execute: async () => ({ content: 'ok', isError: false }) };

describe('T6: a stop takes effect at once', () => {
  it.each<[string, Script, readonly string[]]>([
    ['before the provider answers', [{ hangOpen: true }], []],
    ['while the provider hangs', [{ text: 'a' }, { hang: true }], ['text-delta', 'step-complete']],
    ['while a retry waits', [{ reject: 'rate-limited', retryAfterMs: 30_000 }], ['status']],
    [
      'while a tool ignores its signal',
      [{ call: 'deaf', id: 'x' }, { call: 'quick', id: 'y' }, { usage: [1, 1] }, { finish: 'tool-calls' }],
      ['tool-call', 'tool-call', 'usage', 'step-complete', 'tool-result', 'tool-result'],
    ],
    [
      'while the provider hangs behind a tool call',
      [{ call: 'deaf', id: 'x' }, { hang: true }],
      ['tool-call', 'step-complete', 'tool-result'],
    ],
  ])('%s', async (_, script, told) => {
    const clock = createVirtualClock();
    const engine = createEngine({ clock, scripts: [script], tools: [deaf, { ...quick, readOnly: true }] });
    const turnId = await engine.begin();
    await clock.advance(20);
    expect(await engine.turns.stop('c1', turnId)).toBe(turnId);
    await clock.advance(0);
    const events = engine.store.events(turnId);
    expect(typesOf(events)).toEqual(['user-message', 'turn-start', ...told, 'done', 'turn-sealed']);
    expect(events.at(-2)).toMatchObject({ reason: 'aborted', durationMs: 20 });
    expect(engine.turns.runningCount).toBe(0);
    const results = events.filter(({ type }) => type === 'tool-result');
    expect(results.map((event) => event.type === 'tool-result' && [event.toolCallId, event.content])).toEqual(
      [
        ['x', 'aborted'],
        ['y', 'ok'],
      ].slice(0, results.length),
    );
  });

  it('closes the connection to the provider', async () => {
    const clock = createVirtualClock();
    const engine = createEngine({ clock, scripts: [[{ text: 'a' }, { hang: true }]] });
    await engine.begin();
    await clock.advance(20);
    const signal = engine.model.requests[0]?.abortSignal;
    expect([engine.model.cancelled, signal?.aborted]).toEqual([0, false]);
    await engine.turns.stop('c1');
    await settle();
    expect([engine.model.cancelled, signal?.aborted]).toEqual([1, true]);
    expect(clock.armed).toBe(0);
  });
});

describe('T5: what is stored equals what was streamed', () => {
  it('also for text that waited for the tick when the stop came', async () => {
    const clock = createVirtualClock();
    const script: Script = [{ text: 'a' }, { text: 'b' }, { text: 'c' }, { hang: true }];
    const engine = createEngine({ clock, scripts: [script] });
    const turnId = await engine.begin();
    await settle();
    const before = engine.published
      .map(({ event }) => (event.type === 'text-delta' ? event.delta : ''))
      .join('');
    expect(before).toBe('a');
    await engine.turns.stop('c1');
    await settle();
    const streamed = engine.published
      .map(({ event }) => (event.type === 'text-delta' ? event.delta : ''))
      .join('');
    expect(streamed).toBe('abc');
    expect(engine.store.chunks('c1').at(-1)?.chunk).toEqual({ type: 'text', text: streamed });
    expect(engine.published.map(({ event }) => event)).toEqual(engine.store.events(turnId));
  });

  it('a stop before the first step keeps the message alone', async () => {
    const engine = createEngine({ clock: createVirtualClock(), scripts: [SAY_HELLO] });
    const turnId = await engine.begin();
    await engine.turns.stop('c1');
    await settle();
    expect(typesOf(engine.store.events(turnId)).slice(-2)).toEqual(['done', 'turn-sealed']);
    expect(engine.store.chunks('c1').map(({ role }) => role)).toEqual(['user']);
  });

  it('a tool that goes on talking behind the stop is no longer heard', async () => {
    const clock = createVirtualClock();
    let talk = () => {};
    const talkative: Tool = {
      ...deaf,
      execute: (_, { onOutput }) => {
        talk = () => onOutput('more', 'stdout');
        return new Promise(() => {});
      },
    };
    const engine = createEngine({
      clock,
      tools: [talkative],
      scripts: [[{ call: 'deaf', id: 'x' }, { finish: 'tool-calls' }]],
    });
    const turnId = await engine.begin();
    await settle();
    talk();
    await engine.turns.stop('c1');
    talk();
    await settle();
    talk();
    await settle();
    const types = engine.store.events(turnId).map(({ type }) => type);
    expect(types.filter((type) => type === 'tool-output')).toHaveLength(1);
    expect(types.at(-1)).toBe('turn-sealed');
  });
});
