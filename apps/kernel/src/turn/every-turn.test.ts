import type { Tool } from '@dispatch/extension-api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEngine, recordingLog, textOf } from './__fixtures__/engine.ts';
import { createMemoryStore } from './__fixtures__/memory-store.ts';
import { type Act, type Script, scriptedModel } from './__fixtures__/scripted-model.ts';
import { createVirtualClock } from './__fixtures__/virtual-clock.ts';
import { promptFromHistory } from './prompt.ts';
import { recoverTurns } from './recover-turns.ts';

const codes = ['overloaded', 'rate-limited', 'quota-exhausted', 'provider-error'] as const;
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ text: fc.string({ maxLength: 8 }) }) },
  { weight: 2, arbitrary: fc.record({ reasoning: fc.string({ maxLength: 8 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      call: fc.constantFrom('ok', 'crash', 'deaf', 'nobody'),
      id: fc.constantFrom('a', 'b', ''),
      input: fc.constantFrom('{}', '{"x":1}', '{"x":', '7', ''),
    }),
  },
  { weight: 2, arbitrary: fc.record({ wait: fc.integer({ min: 1, max: 90_000 }) }) },
  { weight: 1, arbitrary: fc.record({ fail: fc.constantFrom(...codes) }) },
  { weight: 1, arbitrary: fc.constant({ hang: true } as const) },
  {
    weight: 3,
    arbitrary: fc.record({ finish: fc.constantFrom('stop', 'tool-calls', 'length', 'error', 'other') }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      usage: fc.tuple(fc.integer({ min: -5, max: 50 }), fc.integer({ min: -5, max: 50 })),
    }),
  },
);
const script: fc.Arbitrary<Script> = fc.oneof(
  fc.array(act, { maxLength: 12 }),
  fc.record({ reject: fc.constantFrom(...codes) }).map((one) => [one]),
);
const scenario = fc.record({
  scripts: fc.array(script, { minLength: 1, maxLength: 4 }),
  fallback: fc.option(script, { nil: undefined }),
  /** What happens to the turn, and behind which published event. */
  fate: fc.constantFrom('nothing', 'stop', 'drain', 'full', 'throw', 'kill'),
  behind: fc.integer({ min: 1, max: 12 }),
});

describe('T1', () => {
  it('every started turn gets exactly one done and then one turn-sealed, and nothing after, whatever happens', async () => {
    const reasons = new Set<string>();
    let turns = 0;
    await fc.assert(
      fc.asyncProperty(scenario, async ({ scripts, fallback, fate, behind }) => {
        const clock = createVirtualClock({ auto: true });
        const tool = (name: string, execute: Tool['execute']): Tool => ({
          name,
          description: name,
          inputSchema: { type: 'object' },
          execute,
        });
        const engine = createEngine({
          clock,
          store: createMemoryStore(),
          scripts,
          limits: { steps: 4, durationMs: 600_000 },
          models: fallback === undefined ? {} : { 'fake/two': scriptedModel(clock, fallback) },
          fallbackModels: fallback === undefined ? [] : ['fake/two'],
          tools: [
            tool('ok', async (_, { onOutput }) => {
              onOutput('x', 'stderr');
              await clock.sleep(5);
              return { content: 'ok', isError: false };
            }),
            tool('crash', () => {
              throw new Error('crash');
            }),
            tool('deaf', () => new Promise(() => {})),
          ],
        });
        let dead = false;
        let meet = () => {
          meet = () => {};
          if (fate === 'stop') void engine.turns.stop('c1');
          if (fate === 'drain') void engine.turns.drain(1_000);
          if (fate === 'kill') dead = true;
          if (fate === 'full') {
            engine.store.full = true;
            clock.after(20_000, () => {
              engine.store.full = false;
            });
          }
          if (fate === 'throw') {
            engine.store.afterWrite = () => {
              engine.store.afterWrite = () => {};
              throw new Error('the connection was cut');
            };
          }
        };
        engine.onPublish = ({ n }) => {
          if (n + 1 >= behind) meet();
        };
        engine.store.beforeWrite = () => (dead ? new Promise(() => {}) : undefined);

        const turnId = await engine.begin();
        while (engine.turns.runningCount > 0 && !dead) await new Promise((resolve) => setImmediate(resolve));
        const store = engine.store.restart();
        await recoverTurns({
          resume: async () => false,
          store,
          clock,
          log: recordingLog([]),
          giveUp: new AbortController().signal,
        });

        const events = store.events(turnId);
        expect(events.slice(0, 2).map(({ type }) => type)).toEqual(['user-message', 'turn-start']);
        expect(events.slice(-2).map(({ type }) => type)).toEqual(['done', 'turn-sealed']);
        for (const once of ['done', 'turn-sealed']) {
          expect(events.filter(({ type }) => type === once)).toHaveLength(1);
        }
        const done = events.at(-2);
        const reason = done?.type === 'done' ? done.reason : '';
        expect(events.filter(({ type }) => type === 'error')).toHaveLength(reason === 'error' ? 1 : 0);
        reasons.add(reason);
        turns += 1;

        const calls = events.flatMap((event) => (event.type === 'tool-call' ? [event.toolCallId] : []));
        const results = events.flatMap((event) => (event.type === 'tool-result' ? [event.toolCallId] : []));
        expect(results).toEqual(calls);
        expect(new Set(calls).size).toBe(calls.length);

        const seen = engine.published.map(({ event }) => event);
        expect(engine.published.map(({ n }) => n)).toEqual(seen.map((_, n) => n));
        expect(seen).toEqual(events.slice(0, seen.length));
        if (!dead) expect(seen).toHaveLength(events.length);

        const chunks = store.chunks('c1');
        const stored = chunks.flatMap(({ role, chunk }) =>
          role === 'assistant' && chunk.type === 'text' ? [chunk.text] : [],
        );
        expect(stored.join('')).toBe(textOf(events));
        expect(() => promptFromHistory(chunks)).not.toThrow();
        expect(await store.read.turn(turnId)).toMatchObject({ state: 'sealed', reason });
        expect(await store.read.metrics('c1')).toMatchObject([{ turnId, reason }]);
      }),
      { numRuns: 400 },
    );
    // A property that met only one kind of turn proved nothing.
    expect(turns).toBeGreaterThanOrEqual(400);
    for (const reason of ['stop', 'error', 'aborted', 'interrupted']) expect(reasons).toContain(reason);
  });
});
