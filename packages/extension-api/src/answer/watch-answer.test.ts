import { afterEach, describe, expect, it, vi } from 'vitest';
import { type AnswerFormat, watchAnswer } from './watch-answer.ts';

afterEach(() => vi.unstubAllGlobals());

const format: AnswerFormat = {
  isTerminal: (data) => data === 'END',
  isEnding: (data) => data === 'FIN',
  rewrite: (data) => {
    if (data === 'THROW') throw new RangeError('Maximum call stack size exceeded');
    return data === 'drop' ? undefined : data.toLowerCase();
  },
};
const encoder = new TextEncoder();

/** A server that sends these pieces, then closes, hangs or breaks. */
function serving(
  pieces: readonly string[],
  then: 'close' | 'hang' | Error = 'close',
  init: ResponseInit = {},
) {
  const waiting = pieces.map((piece) => encoder.encode(piece));
  const cancelled = vi.fn();
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const next = waiting.shift();
        if (next !== undefined) return controller.enqueue(next);
        if (then === 'hang') return new Promise(() => {});
        if (then === 'close') return controller.close();
        return controller.error(then);
      },
      cancel: cancelled,
    },
    { highWaterMark: 0 },
  );
  const headers = { 'content-type': 'text/event-stream', ...init.headers };
  const fetching = vi.fn(
    async (_url: unknown, _init?: RequestInit) => new Response(body, { ...init, headers }),
  );
  vi.stubGlobal('fetch', fetching);
  return { fetching, cancelled };
}

const get = async (signal?: AbortSignal) => {
  const watch = watchAnswer(format);
  const response = await watch.fetch('http://x.test', signal === undefined ? {} : { signal });
  return { watch, response };
};

describe('watchAnswer', () => {
  it('hands on lines as they are completed, rewritten or left out, and never asks to follow redirects', async () => {
    const { fetching } = serving(['event: a\ndata: AB', 'C\n\ndata: drop\n\n: com', 'ment\n\ndata: END\n\n']);
    const { watch, response } = await get();
    expect(await response.text()).toBe('event: a\ndata: abc\n\n\n: comment\n\ndata: end\n\n');
    expect(watch.isComplete()).toBe(true);
    expect(fetching.mock.calls[0]?.[1]).toMatchObject({ redirect: 'manual' });
  });

  it('T12: a connection that breaks ends the bytes quietly and keeps the reason', async () => {
    serving(['data: A\n\n', 'data: B\n\ndata: half'], new TypeError('terminated'));
    const { watch, response } = await get();
    expect(await response.text()).toBe('data: a\n\ndata: b\n\n');
    expect(watch.isComplete()).toBe(false);
    expect(watch.failure()?.failure.code).toBe('response-truncated');
  });

  it('silence that the library gives up on is a stall', async () => {
    const cause = Object.assign(new Error('x'), { code: 'UND_ERR_BODY_TIMEOUT' });
    serving(['data: A\n\n'], new TypeError('terminated', { cause }));
    const { watch, response } = await get();
    await response.text();
    expect(watch.failure()?.failure.code).toBe('provider-stalled');
  });

  it('an abort is no break: it goes through', async () => {
    const aborting = new AbortController();
    serving(['data: A\n\n'], new DOMException('x', 'AbortError'));
    const { watch, response } = await get(aborting.signal);
    aborting.abort();
    await expect(response.text()).rejects.toThrow();
    expect(watch.failure()).toBeUndefined();
  });

  it.each(['data: END\n\n', 'data: END\n', 'data: END'])('is complete with %j', async (last) => {
    serving(['data: A\n\n', last]);
    const { watch, response } = await get();
    expect(await response.text()).toBe('data: a\n\ndata: end\n\n');
    expect(watch.isComplete()).toBe(true);
  });

  it.each([
    ['data: FIN\n\n', 'data: fin\n\n\n'],
    ['data: FIN\n', 'data: fin\n\n'],
    ['data: FIN', 'data: fin\n\n'],
    ['data: FIN\n\ndata: {"half', 'data: fin\n\n\n'],
  ])('T12: %j makes an answer whole that ends by itself', async (last, expected) => {
    serving(['data: A\n\n', last]);
    const { watch, response } = await get();
    expect(await response.text()).toBe(`data: a\n\n${expected}`);
    expect(watch.isComplete()).toBe(true);
  });

  it('T12: an answer that is cut off is not whole, whatever went by', async () => {
    serving(['data: A\n\ndata: FIN\n\n'], new TypeError('terminated'));
    const { watch, response } = await get();
    await response.text();
    expect(watch.isComplete()).toBe(false);
    expect(watch.failure()?.failure.code).toBe('response-truncated');
  });

  it('L1: refuses an event without end, though its lines are short', async () => {
    const lines = `data: ${'x'.repeat(1000)}\n`.repeat(1000);
    const { cancelled } = serving(
      Array.from({ length: 20 }, () => lines),
      'hang',
    );
    const { watch, response } = await get();
    await response.text();
    expect(cancelled).toHaveBeenCalled();
    expect(watch.failure()?.failure).toMatchObject({ code: 'response-malformed', retryable: true });
  });

  it('T12: refuses an event that its format cannot take apart, and lets go of the connection', async () => {
    const { cancelled } = serving(['data: A\n\ndata: THROW\n\n'], 'hang');
    const { watch, response } = await get();
    expect(await response.text()).toBe('data: a\n\n');
    expect(cancelled).toHaveBeenCalled();
    expect(watch.failure()?.failure.code).toBe('response-malformed');
  });

  it('T12: close lets go of the connection of an answer that nobody reads', async () => {
    const { cancelled } = serving(['data: A\n\n'], 'hang');
    const { watch } = await get();
    watch.close();
    expect(cancelled).toHaveBeenCalled();
  });

  it('L1: refuses an answer without end, though its events are short', async () => {
    const piece = encoder.encode(`data: ${'x'.repeat(1000)}\n\n`.repeat(1000));
    const body = new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(piece) });
    const headers = { 'content-type': 'text/event-stream' };
    vi.stubGlobal('fetch', async () => new Response(body, { headers }));
    const { watch, response } = await get();
    let bytes = 0;
    for await (const read of response.body as unknown as AsyncIterable<Uint8Array>) bytes += read.byteLength;
    expect(bytes).toBeLessThan(260 * 1024 * 1024);
    expect(watch.failure()?.failure).toMatchObject({ code: 'response-malformed', retryable: false });
  });

  it('closes a connection that stays open behind the terminal event, and one with a line without end', async () => {
    const open = serving(['data: END\n\n'], 'hang');
    await (await get()).response.text();
    await vi.waitFor(() => expect(open.cancelled).toHaveBeenCalled(), 5000);
    const endless = serving(
      Array.from({ length: 20 }, () => 'x'.repeat(1024 * 1024)),
      'hang',
    );
    const { watch, response } = await get();
    expect(await response.text()).toBe('');
    expect(endless.cancelled).toHaveBeenCalled();
    expect(watch.failure()?.failure.code).toBe('response-malformed');
  });

  it('lets a connection end by itself behind the terminal event, unless it goes on and on', async () => {
    const polite = serving(['data: END\n\n', ': bye\n\n']);
    await (await get()).response.text();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(polite.cancelled).not.toHaveBeenCalled();
    const chatty = serving(
      ['data: END\n\n', ...Array.from({ length: 20 }, () => 'x'.repeat(10_000))],
      'hang',
    );
    await (await get()).response.text();
    await vi.waitFor(() => expect(chatty.cancelled).toHaveBeenCalled(), 10_000);
  });

  it('reads no error without end', async () => {
    const { cancelled } = serving(
      Array.from({ length: 100 }, () => 'x'.repeat(10_000)),
      'hang',
      { status: 500 },
    );
    const { response } = await get();
    expect(response.status).toBe(500);
    expect((await response.text()).length).toBe(64 * 1024);
    expect(cancelled).toHaveBeenCalled();
  });

  it('makes an error object behind a 200 the failure it stands for', async () => {
    const json = { headers: { 'content-type': 'application/json; charset=utf-8' } };
    serving(['{"error":{"code":429,"message":"x"}}'], 'close', json);
    expect((await get()).response.status).toBe(429);
    serving(['{"error":"x"}'], 'close', json);
    expect((await get()).response.status).toBe(500);
    serving(['{"error":null}'], 'close', json);
    await expect(get()).rejects.toThrow('does not stream');
  });
});
