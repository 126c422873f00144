import {
  callTool,
  endless,
  fail,
  modelFaults,
  onTheWire,
  recordStream,
  reply,
  type ScriptedModelServer,
  say,
  startScriptedModelServer,
  think,
  usage,
} from '@dispatch/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ask } from './__fixtures__/ask.ts';
import { anthropicProvider } from './anthropic-provider.ts';

let server: ScriptedModelServer;
beforeAll(async () => {
  server = await startScriptedModelServer();
});
afterAll(() => server.close());
beforeEach(() => server.reset());

const now = Date.UTC(2026, 10, 21);
const provider = anthropicProvider(() => now);
const key = 'sk-ant-api03-secret';
const model = (baseUrl = server.anthropicUrl) =>
  provider.languageModel({ name: 'anthropic', apiKey: key, baseUrl }, 'm');

describe('failures', () => {
  it.each(modelFaults('anthropic'))('T12: $name is $code', async ({ reply: scripted, ...expected }) => {
    server.script('m', scripted);
    const asked = await ask(model());
    const failure = provider.classify(asked.error);
    expect({ ...failure, text: asked.text }).toMatchObject({
      code: expected.code,
      retryable: expected.retryable,
      text: expected.text,
    });
    expect(asked.finish).toBeUndefined();
    expect(asked.types.filter((type) => type === 'error').length).toBeLessThanOrEqual(1);
    if (asked.types.includes('error')) expect(asked.types.at(-1)).toBe('error');
    expect(failure.message).toMatch(/^[A-Z].{10,199}$/);
    expect(failure.message).not.toMatch(/secret|127\.0\.0\.1|http|\n/);
  });

  it('a server that is not there is unavailable', async () => {
    const gone = await startScriptedModelServer();
    await gone.close();
    const asked = await ask(model(gone.anthropicUrl));
    expect(provider.classify(asked.error)).toEqual({
      code: 'provider-unavailable',
      message: 'The model provider refuses connections. Is its server running?',
      retryable: true,
    });
  });

  it('hands on how long to wait, in seconds or until a date', async () => {
    const date = (ms: number) => new Date(now + ms).toUTCString();
    const dated = fail(529, { retryAfter: date(90_000), headers: { date: date(60_000) } });
    server.script('m', fail(429, { retryAfter: 7 }), dated);
    expect(provider.classify((await ask(model())).error).retryAfterMs).toBe(7000);
    expect(provider.classify((await ask(model())).error).retryAfterMs).toBe(30_000);
  });

  it('T12: lets go of the connection when an answer begins with an error', async () => {
    const cancel = vi.fn();
    const start = (controller: ReadableStreamDefaultController) =>
      controller.enqueue(
        new TextEncoder().encode('data: {"error":{"type":"server_error","message":"x"}}\n\n'),
      );
    const headers = { 'content-type': 'text/event-stream' };
    vi.stubGlobal('fetch', async () => new Response(new ReadableStream({ start, cancel }), { headers }));
    expect((await ask(model())).error).toBeDefined();
    vi.unstubAllGlobals();
    await vi.waitFor(() => expect(cancel).toHaveBeenCalled(), 10_000);
  });

  it('a reader that stops ends an endless answer', async () => {
    server.script('m', reply(endless('x')));
    const prompt = [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'hi' }] }];
    const { stream } = await model().doStream({ prompt });
    let deltas = 0;
    for await (const part of stream as ReadableStream<{ type: string }>) {
      if (part.type === 'text-delta') deltas += 1;
      if (deltas === 1000) break;
    }
    expect(await server.requests[0]?.ended).toBe('by-peer');
  });
});

describe('T12: cut at every byte', () => {
  const answer = reply(
    think('hm'),
    say('größer 😀'),
    say(' ok'),
    callTool('t', { x: 1 }, { pieces: 2 }),
    usage({ inputTokens: 5, outputTokens: 5 }),
  );
  const { bytes, terminalAt = 0, endableAt = 0, textWithin } = recordStream('anthropic', answer, 'm');
  const askCut = async (afterBytes: number, by: 'end' | 'reset') => {
    const asked = await ask(model(), { headers: { 'x-cut': `${afterBytes} ${by}` } });
    return { ...asked, failure: asked.error === undefined ? undefined : provider.classify(asked.error) };
  };
  const inBatches = async (cuts: readonly number[], check: (cut: number) => Promise<void>) => {
    for (let at = 0; at < cuts.length; at += 25) await Promise.all(cuts.slice(at, at + 25).map(check));
  };
  beforeEach(() =>
    server.always('m', ({ headers }) => {
      const [afterBytes, by] = String(headers['x-cut']).split(' ');
      return onTheWire(answer, { cut: { afterBytes: Number(afterBytes), by: by as 'end' | 'reset' } });
    }),
  );
  const every = (stride: number) =>
    Array.from({ length: Math.floor(bytes.length / stride) + 1 }, (_, index) => index * stride);

  it('by an end: the text so far is kept, and only a whole answer passes for one', async () => {
    await inBatches(every(1), async (cut) => {
      const { text, finish, failure } = await askCut(cut, 'end');
      expect(text).toBe(textWithin(cut));
      const whole = cut >= endableAt;
      expect([cut, finish !== undefined, failure?.code]).toEqual([
        cut,
        whole,
        whole ? undefined : 'response-truncated',
      ]);
    });
  }, 120_000);

  it('by a break: nothing passes for finished, whatever came before it', async () => {
    // Where it is cut matters as much as above; how it is cut needs fewer places.
    await inBatches(every(5), async (cut) => {
      const { text, finish, failure } = await askCut(cut, 'reset');
      expect(textWithin(cut).startsWith(text)).toBe(true);
      if (cut < terminalAt)
        expect([cut, finish, failure?.code]).toEqual([cut, undefined, 'response-truncated']);
    });
  }, 120_000);
});
