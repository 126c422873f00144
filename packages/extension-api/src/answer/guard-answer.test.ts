import { InvalidResponseDataError, type LanguageModelV3StreamPart as Part } from '@ai-sdk/provider';
import { describe, expect, it, vi } from 'vitest';
import { malformed, type ProviderError, truncated } from '../failure/provider-error.ts';
import { type AnswerGuard, guardAnswer } from './guard-answer.ts';

const usage = {
  inputTokens: { total: 3, noCache: 3, cacheRead: 9, cacheWrite: -1 },
  outputTokens: { total: 2, text: 2, reasoning: undefined },
};
const text: Part = { type: 'text-delta', id: '0', delta: 'a' };
const call: Part = { type: 'tool-call', toolCallId: 'c', toolName: 't', input: '{}' };
const finish: Part = { type: 'finish', usage, finishReason: { unified: 'stop', raw: 'stop' } };

function watch(complete: boolean, failure?: ProviderError): AnswerGuard['watch'] {
  return { fetch, isComplete: () => complete, close: () => {}, failure: () => failure, onEvent: () => {} };
}

function streamOf(parts: readonly Part[], then: 'close' | 'hang' | Error = 'close'): ReadableStream<Part> {
  const waiting = [...parts];
  return new ReadableStream<Part>({
    pull(controller) {
      const next = waiting.shift();
      if (next !== undefined) return controller.enqueue(next);
      if (then === 'hang') return new Promise(() => {});
      if (then === 'close') return controller.close();
      return controller.error(then);
    },
  });
}

async function all(stream: ReadableStream<Part>): Promise<Part[]> {
  const parts: Part[] = [];
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return parts;
    parts.push(value);
  }
}

describe('T12: an answer ends in exactly one way', () => {
  it('with its finish, and without counts that cannot be', async () => {
    const parts = await all(guardAnswer(streamOf([text, finish, text]), { watch: watch(true) }));
    expect(parts.map((part) => part.type)).toEqual(['text-delta', 'finish']);
    expect(parts.at(-1)).toMatchObject({ usage: { inputTokens: { total: 3, noCache: 3 } } });
    expect(parts.at(-1)).not.toHaveProperty('usage.inputTokens.cacheRead', 9);
    expect(parts.at(-1)).not.toHaveProperty('usage.inputTokens.cacheWrite', -1);
  });

  const inBand: Part = { type: 'error', error: { type: 'overloaded_error', message: 'x' } };
  const complaint = new InvalidResponseDataError({
    data: 1,
    message: 'Response stream ended without a finish reason.',
  });
  const long = malformed('one of its lines is too long');
  it.each<[string, readonly Part[], boolean, ProviderError | undefined, unknown]>([
    ['a quiet end', [text], false, undefined, truncated()],
    ['nothing at all', [], false, undefined, truncated()],
    ['a finish that no terminal event allowed', [text, finish], false, undefined, truncated()],
    ['a known reason', [text, finish], false, long, long],
    ['an in-band error', [text, inBand, finish], false, undefined, inBand.error],
    [
      'the first of several errors',
      [text, inBand, { type: 'error', error: 2 }],
      true,
      undefined,
      inBand.error,
    ],
    [
      'a library that misses the end',
      [text, { type: 'error', error: complaint }],
      false,
      undefined,
      truncated(),
    ],
  ])('with one error: %s', async (_name, parts, complete, failure, expected) => {
    const got = await all(guardAnswer(streamOf(parts), { watch: watch(complete, failure) }));
    expect(got.map((part) => part.type)).toEqual([...parts.slice(0, 1).map(() => 'text-delta'), 'error']);
    expect(got.at(-1)).toEqual({ type: 'error', error: expected });
  });

  it('with one error when the library throws', async () => {
    const thrown = new Error('x');
    const got = await all(guardAnswer(streamOf([text], thrown), { watch: watch(false) }));
    expect(got).toEqual([text, { type: 'error', error: thrown }]);
  });
});

it('leaves out calls made of unfinished input only where the library makes such', async () => {
  const types = async (guard: Omit<AnswerGuard, 'watch'>, complete: boolean) =>
    (await all(guardAnswer(streamOf([call, finish]), { ...guard, watch: watch(complete) }))).map(
      (part) => part.type,
    );
  expect(await types({ callsAtEnd: true }, true)).toEqual(['tool-call', 'finish']);
  expect(await types({ callsAtEnd: true }, false)).toEqual(['error']);
  expect(await types({}, false)).toEqual(['tool-call', 'error']);
});

it('T6: an abort rejects the read that waits, with its reason, and cancels the source', async () => {
  let cancelled: unknown;
  const source = new ReadableStream<Part>({
    cancel: (reason) => {
      cancelled = reason;
    },
  });
  const aborting = new AbortController();
  const reading = guardAnswer(source, { watch: watch(false), signal: aborting.signal })
    .getReader()
    .read();
  const reason = new Error('stopped');
  aborting.abort(reason);
  await expect(reading).rejects.toBe(reason);
  expect(cancelled).toBe(reason);
});

it('an abort from before is seen at the first read', async () => {
  const signal = AbortSignal.abort(new Error('stopped'));
  await expect(all(guardAnswer(streamOf([text]), { watch: watch(true), signal }))).rejects.toThrow('stopped');
});

it('T13: events that give no parts are told as signs of life, one a second', async () => {
  let event = () => {};
  const quiet: AnswerGuard['watch'] = {
    ...watch(true),
    onEvent: (listener) => {
      event = listener;
    },
  };
  const parts: string[] = [];
  const began = performance.now();
  const reader = guardAnswer(streamOf([text], 'hang'), { watch: quiet }).getReader();
  const gathering = (async () => {
    for (let next = await reader.read(); !next.done; next = await reader.read()) parts.push(next.value.type);
  })();
  const events = setInterval(() => event(), 20);
  // The first second had a part, the second and the third had none.
  await vi.waitFor(() => expect(parts).toHaveLength(3), 6_000);
  expect(performance.now() - began).toBeGreaterThan(2_900);
  clearInterval(events);
  await reader.cancel();
  event();
  await gathering;
  expect(parts).toEqual(['text-delta', 'raw', 'raw']);
});
