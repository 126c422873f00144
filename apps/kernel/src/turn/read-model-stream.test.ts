import type { LanguageModelV3, LanguageModelV3StreamPart } from '@ai-sdk/provider';
import { describe, expect, it } from 'vitest';
import { createVirtualClock, settle } from './__fixtures__/virtual-clock.ts';
import { readModelStream } from './read-model-stream.ts';

const FINISH: LanguageModelV3StreamPart = {
  type: 'finish',
  finishReason: { unified: 'stop', raw: 'stop' },
  usage: {
    inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
    outputTokens: { total: 1, text: 1, reasoning: 0 },
  },
};

function reading(doStream: LanguageModelV3['doStream']) {
  const clock = createVirtualClock();
  const controller = new AbortController();
  const model: LanguageModelV3 = {
    specificationVersion: 'v3',
    provider: 'p',
    modelId: 'm',
    supportedUrls: {},
    doGenerate: () => Promise.reject(new Error('not used')),
    doStream,
  };
  const limits = { firstByteMs: 120, idleMs: 60 };
  const parts = readModelStream({ model, options: { prompt: [] }, clock, limits, signal: controller.signal });
  return { clock, controller, parts };
}

describe('reading a model', () => {
  it('lets go of a finished answer at once without aborting it, so that its provider can end the connection', async () => {
    let cancelled = 0;
    let aborted: AbortSignal | undefined;
    const stream = new ReadableStream<LanguageModelV3StreamPart>({
      start: (source) => source.enqueue(FINISH),
      cancel: () => {
        cancelled += 1;
      },
    });
    const { clock, parts } = reading(async ({ abortSignal }) => {
      aborted = abortSignal;
      return { stream };
    });
    for await (const part of parts) if (part.type === 'finish') break;
    await settle();
    expect([cancelled, aborted?.aborted]).toEqual([1, false]);
    expect(clock.armed).toBe(0);
  });

  it('closes a stream that comes after the stop', async () => {
    let cancelled = 0;
    let answer = (_: { stream: ReadableStream<LanguageModelV3StreamPart> }) => {};
    const { controller, parts } = reading(
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    );
    const first = parts.next();
    controller.abort(new Error('stopped'));
    await expect(first).rejects.toThrow('stopped');
    answer({
      stream: new ReadableStream({
        cancel: () => {
          cancelled += 1;
        },
      }),
    });
    await settle();
    expect(cancelled).toBe(1);
  });

  it('is stopped before it begins without asking anybody', async () => {
    let asked = 0;
    const { controller, parts } = reading(async () => {
      asked += 1;
      return { stream: new ReadableStream() };
    });
    controller.abort(new Error('stopped'));
    await expect(parts.next()).rejects.toThrow('stopped');
    expect(asked).toBe(0);
  });

  it('passes a failure of the stream on as it is', async () => {
    const stream = new ReadableStream<LanguageModelV3StreamPart>({
      start: (source) => source.error(new Error('connection reset')),
    });
    const { clock, parts } = reading(async () => ({ stream }));
    await expect(parts.next()).rejects.toThrow('connection reset');
    expect(clock.armed).toBe(0);
  });

  it('takes the announcement of a stream for no byte of it', async () => {
    const stream = new ReadableStream<LanguageModelV3StreamPart>({
      start: (source) => source.enqueue({ type: 'stream-start', warnings: [] }),
    });
    const { clock, parts } = reading(async () => ({ stream }));
    await parts.next();
    const silence = expect(parts.next()).rejects.toThrow('nothing came for 120 ms');
    await clock.advance(300);
    await silence;
  });

  it('T14: does not count the time in which the kernel itself stood still as silence', async () => {
    let source: ReadableStreamDefaultController<LanguageModelV3StreamPart> | undefined;
    const stream = new ReadableStream<LanguageModelV3StreamPart>({
      start: (controller) => {
        source = controller;
      },
    });
    const { clock, parts } = reading(async () => ({ stream }));
    const first = parts.next();
    await clock.advance(100);
    clock.standStill(60_000);
    await clock.advance(10);
    // What came meanwhile is read after the timers.
    source?.enqueue({ type: 'text-delta', id: '1', delta: 'a' });
    expect((await first).value).toMatchObject({ delta: 'a' });
    const silence = expect(parts.next()).rejects.toThrow('nothing came for 60 ms');
    await clock.advance(61);
    await silence;
  });

  it('does not count the time in which nobody reads as silence', async () => {
    const stream = new ReadableStream<LanguageModelV3StreamPart>({
      start: (source) => {
        source.enqueue({ type: 'text-delta', id: '1', delta: 'a' });
        source.enqueue(FINISH);
      },
    });
    const { clock, parts } = reading(async () => ({ stream }));
    await parts.next();
    await clock.advance(1_000);
    expect((await parts.next()).value).toEqual(FINISH);
  });
});
