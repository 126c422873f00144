import type { AgentEvent } from '@dispatch/wire';
import { describe, expect, it } from 'vitest';
import { closeTurn } from './close-turn.ts';
import { createTurnFold } from './fold.ts';
import { stepIdOf } from './step-id.ts';

const at = { conversationId: 'c', turnId: 'trn_1' };
const [first, second] = [stepIdOf('trn_1', 0), stepIdOf('trn_1', 1)];
const text = (delta: string): AgentEvent => ({ type: 'text-delta', ...at, delta });
const call = (stepId: typeof first, toolCallId: string): AgentEvent => ({
  ...{ type: 'tool-call', ...at, stepId, toolCallId, toolName: 'x', input: {} },
});
const usage = (
  stepId: typeof first,
  inputTokens: number,
  outputTokens: number,
  cache?: number,
): AgentEvent => ({
  type: 'usage',
  ...at,
  stepId,
  usage: { inputTokens, outputTokens, ...(cache === undefined ? {} : { cacheReadTokens: cache }) },
});
const complete = (stepId: typeof first): AgentEvent => ({ type: 'step-complete', ...at, stepId });
const result = (stepId: typeof first, toolCallId: string): AgentEvent => ({
  ...{ type: 'tool-result', ...at, stepId, toolCallId, toolName: 'x', content: 'r', isError: false },
});

function foldOf(...events: readonly AgentEvent[]) {
  const fold = createTurnFold('c', 'trn_1');
  for (const event of events) fold.add(event);
  return fold;
}

describe('the fold', () => {
  it('makes one message per role and step, with its chunks in order', () => {
    const fold = foldOf(
      { type: 'user-message', ...at, text: 'Hi' },
      { type: 'turn-start', ...at },
      { type: 'reasoning-delta', ...at, delta: 'h' },
      { type: 'reasoning-delta', ...at, delta: 'm' },
      ...[text('a'), text('b'), call(first, 'p'), text('c'), call(first, 'q'), complete(first)],
      ...[result(first, 'p'), result(first, 'q'), text('d'), complete(second)],
      { type: 'error', ...at, message: 'no', code: 'overloaded' },
    );
    const ids = fold.chunks().map(({ messageId }) => messageId);
    const order = [...new Set(ids)];
    expect(ids.map((id) => order.indexOf(id))).toEqual([0, 1, 1, 1, 1, 1, 2, 2, 3, 4]);
    expect(
      fold.chunks().map(({ role, chunk }) => [role, chunk.type, 'text' in chunk ? chunk.text : '']),
    ).toEqual([
      ['user', 'text', 'Hi'],
      ['assistant', 'thinking', 'hm'],
      ['assistant', 'text', 'ab'],
      ['assistant', 'tool-call', ''],
      ['assistant', 'text', 'c'],
      ['assistant', 'tool-call', ''],
      ['tool', 'tool-result', ''],
      ['tool', 'tool-result', ''],
      ['assistant', 'text', 'd'],
      ['assistant', 'error', ''],
    ]);
    expect(fold.chunks().filter(({ role }) => role === 'tool')).toMatchObject([
      { chunk: { stepId: first } },
      {},
    ]);
  });

  it('begins a new message with each step, also when nothing stood between them', () => {
    const fold = foldOf(text('a'), complete(first), text('b'), complete(second));
    expect(fold.chunks().map(({ messageId }) => messageId)).toEqual([
      ...new Set(fold.chunks().map((c) => c.messageId)),
    ]);
    expect(fold.chunks()).toHaveLength(2);
  });

  it('sums usage field by field, with a cache figure in the sum when any step had one', () => {
    const fold = foldOf(
      text('a'),
      usage(first, 10, 1),
      complete(first),
      text('b'),
      usage(second, 20, 2, 7),
      complete(second),
    );
    expect(fold.usage()).toEqual({ inputTokens: 30, outputTokens: 3, cacheReadTokens: 7 });
    expect(fold.contextSize()).toBe(22);
    expect(fold.metrics(1, 2).steps.map((step) => step.usage)).toEqual([
      { inputTokens: 10, outputTokens: 1 },
      { inputTokens: 20, outputTokens: 2, cacheReadTokens: 7 },
    ]);
  });

  it('a last step without usage leaves the context size unknown, live and stored alike, never 0', () => {
    const fold = foldOf(text('a'), usage(first, 10, 1), complete(first), text('b'));
    const closing = closeTurn(at, fold, { reason: 'aborted' });
    expect(closing.find(({ type }) => type === 'done')).not.toHaveProperty('contextSize');
    expect(fold.metrics(1, 2)).not.toHaveProperty('contextSize');
    expect(fold.metrics(1, 2).usage).toEqual({ inputTokens: 10, outputTokens: 1 });
    const zero = foldOf(text('a'), usage(first, 0, 0), complete(first));
    expect(zero.contextSize()).toBeUndefined();
  });

  it('two usage events of one step count together, live and stored alike', () => {
    const fold = foldOf(text('a'), usage(first, 10, 1), usage(first, 5, 2), complete(first));
    expect(fold.metrics(1, 2).steps[0]?.usage).toEqual({ inputTokens: 15, outputTokens: 3 });
    expect(fold.usage()).toEqual({ inputTokens: 15, outputTokens: 3 });
    expect(fold.contextSize()).toBe(18);
  });

  it('closes an open step first, then pending calls in call order, then says what failed', () => {
    const fold = foldOf(text('a'), call(first, 'p'), call(first, 'q'));
    const outcomes = new Map([['q', { content: 'ok', isError: false, durationMs: 3 }]]);
    const error = { code: 'overloaded', message: 'busy', retryable: true };
    const closing = closeTurn({ ...at, durationMs: 9 }, fold, {
      reason: 'error',
      error,
      outcomes,
      timings: { genTotalMs: 5 },
    });
    expect(closing).toMatchObject([
      { type: 'step-complete', stepId: first, genTotalMs: 5 },
      { type: 'tool-result', toolCallId: 'p', content: 'interrupted, outcome unknown', isError: true },
      { type: 'tool-result', toolCallId: 'q', content: 'ok', isError: false, durationMs: 3 },
      { type: 'error', code: 'overloaded', retryable: true },
      { type: 'done', reason: 'error', durationMs: 9 },
      { type: 'turn-sealed' },
    ]);
  });
});

describe('T1: the times of a turn', () => {
  it('are those of its start and its seal', () => {
    expect(foldOf({ type: 'done', ...at, reason: 'stop', durationMs: 40 }).metrics(100, 150)).toMatchObject({
      durationMs: 40,
      startedAt: 100,
      sealedAt: 150,
    });
  });

  it('never tell of a seal before the start, though the clock was set back between them', () => {
    const done: AgentEvent = { type: 'done', ...at, reason: 'stop', durationMs: 40 };
    expect(foldOf(done).metrics(5_000, 1_000)).toMatchObject({ startedAt: 960, sealedAt: 1_000 });
    expect(foldOf().metrics(5_000, 1_000)).toMatchObject({ startedAt: 1_000, sealedAt: 1_000 });
  });
});
