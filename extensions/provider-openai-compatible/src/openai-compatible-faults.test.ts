import type { ProviderFailureCode } from '@dispatch/extension-api';
import {
  callTool,
  endHere,
  endless,
  fail,
  failInBand,
  giantLine,
  malformedEvent,
  onTheWire,
  type Reply,
  raw,
  recordStream,
  refuse,
  reply,
  resetHere,
  type ScriptedModelServer,
  say,
  startScriptedModelServer,
  think,
  usage,
} from '@dispatch/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ask } from './__fixtures__/ask.ts';
import { openaiCompatibleProvider } from './openai-compatible-provider.ts';

let server: ScriptedModelServer;
beforeAll(async () => {
  server = await startScriptedModelServer();
});
afterAll(() => server.close());
beforeEach(() => server.reset());

const now = Date.UTC(2026, 10, 21);
const provider = openaiCompatibleProvider(() => now);
const key = 'sk-proj-secret';
const model = (baseUrl = server.openaiUrl) =>
  provider.languageModel({ name: 'openai', apiKey: key, baseUrl }, 'm');

const page = fail(200, { body: '<html>hello</html>', headers: { 'content-type': 'text/html' } });
const tooLong = fail(400, { code: 'context_length_exceeded', message: 'Too long.' });
const vllm = fail(400, {
  message: "This model's maximum context length is 4096 tokens. However, you requested 5000.",
});
const llama = fail(400, {
  type: 'exceed_context_size_error',
  message: 'the request exceeds the available context size',
});
const quota = fail(429, {
  code: 'insufficient_quota',
  type: 'insufficient_quota',
  message: 'You exceeded your current quota',
});
const gemini = fail(429, { message: 'You exceeded your current quota, please retry in 7s.', retryAfter: 7 });
const balance = fail(402, { message: 'Insufficient Balance' });
const noModel = fail(404, { message: 'model "m" not found, try pulling it first' });
const keyed = fail(401, {
  message: 'Incorrect API key provided: sk-proj-**cret. See https://platform.openai.com.',
});
const echoed = fail(400, { message: 'Bad sk-proj-secret at http://127.0.0.1:8080/v1, ask me@example.com' });
const inBandObject = raw('data: {"error":{"code":502,"message":"upstream"}}\n\n');
const inBandText = raw('data: {"error":"it broke"}\n\n');

describe('failures', () => {
  it.each<[string, ProviderFailureCode, boolean, Reply]>([
    ['400', 'request-rejected', false, fail(400)],
    ['401', 'authentication-failed', false, fail(401)],
    ['402', 'quota-exhausted', false, fail(402)],
    ['403', 'authentication-failed', false, fail(403)],
    ['404', 'unknown-model', false, fail(404)],
    ['413', 'context-too-long', false, fail(413)],
    ['429', 'rate-limited', true, fail(429)],
    ['500', 'provider-unavailable', true, fail(500)],
    ['502 of a proxy', 'provider-unavailable', true, fail(502, { body: '<html>' })],
    ['503 without a body', 'provider-unavailable', true, fail(503, { body: '' })],
    ['529', 'overloaded', true, fail(529)],
    ['a prompt that is too long', 'context-too-long', false, tooLong],
    ["vLLM's prompt that is too long", 'context-too-long', false, vllm],
    ["llama.cpp's prompt that is too long", 'context-too-long', false, llama],
    ['a spent quota', 'quota-exhausted', false, quota],
    ['a quota that says when to come back', 'rate-limited', true, gemini],
    ['an empty account', 'quota-exhausted', false, balance],
    ['a model that is not there', 'unknown-model', false, noModel],
    ['a quoted key', 'authentication-failed', false, keyed],
    ['an echoed key and address', 'request-rejected', false, echoed],
    ['an error object without a status in-band', 'provider-error', false, reply(say('a'), inBandText)],
    ['an error object with a status in-band', 'provider-unavailable', true, reply(say('a'), inBandObject)],
    ['a flattened overload', 'overloaded', true, fail(500, { type: 'overloaded_error' })],
    ['a refused connection mid-way', 'provider-unavailable', true, refuse()],
    ['a web page', 'response-malformed', false, page],
    ['JSON instead of a stream', 'response-malformed', true, fail(200, { body: '{"ok":true}' })],
    [
      'an error object behind 200',
      'rate-limited',
      true,
      fail(200, { body: '{"error":{"code":429,"message":"x"}}' }),
    ],
    ['in-band overload first', 'overloaded', true, reply(failInBand(529))],
    ['in-band rate limit first', 'rate-limited', true, reply(failInBand(429))],
    ['in-band overload later', 'overloaded', true, reply(say('a'), failInBand(529))],
    ['in-band rate limit later', 'rate-limited', true, reply(say('a'), failInBand(429))],
    ['in-band 500 later', 'provider-unavailable', true, reply(say('a'), failInBand(500))],
    ['in-band bad key later', 'authentication-failed', false, reply(say('a'), failInBand(401))],
    ['malformed JSON', 'response-malformed', true, reply(malformedEvent())],
    [
      'a known event of another shape',
      'response-malformed',
      true,
      reply(raw('data: {"choices":"none"}\n\n')),
    ],
    ['a clean end without a terminal event', 'response-truncated', true, reply(say('a'), endHere())],
    ['a break mid-stream', 'response-truncated', true, reply(say('a'), resetHere())],
    ['an endless line', 'response-malformed', true, reply(say('a'), giantLine(100 * 1024 * 1024))],
  ])('%s is %s', async (_name, code, retryable, scripted) => {
    server.script('m', scripted);
    const asked = await ask(model());
    const failure = provider.classify(asked.error);
    expect(failure).toMatchObject({ code, retryable });
    expect(asked.finish).toBeUndefined();
    expect(asked.types.filter((type) => type === 'error').length).toBeLessThanOrEqual(1);
    if (asked.types.includes('error')) expect(asked.types.at(-1)).toBe('error');
    expect(failure.message).toMatch(/^[A-Z].{10,199}$/);
    expect(failure.message).not.toMatch(/secret|127\.0\.0\.1|http|\n/);
  });

  it('T12: an in-band error keeps the text before it', async () => {
    server.script('m', reply(say('kept'), failInBand(529)));
    expect((await ask(model())).text).toBe('kept');
  });

  it('a server that is not there is unavailable', async () => {
    const gone = await startScriptedModelServer();
    await gone.close();
    const asked = await ask(model(gone.openaiUrl));
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
  const counts = usage({ inputTokens: 5, outputTokens: 5 });
  const answer = reply(
    think('hm'),
    say('größer 😀'),
    say(' ok'),
    callTool('t', { x: 1 }, { pieces: 2 }),
    counts,
  );
  const { bytes, terminalAt = 0 } = recordStream('openai', answer, 'm');

  /** Text of the events that are whole within the first `length` bytes. */
  const whole = (length: number) =>
    [
      ...Buffer.from(bytes.subarray(0, length))
        .toString()
        .matchAll(/^data: (.*)\n\n/gm),
    ]
      .map(([, data]) => (data === '[DONE]' ? '' : (JSON.parse(data ?? '').choices[0]?.delta?.content ?? '')))
      .join('');

  it.each(['end', 'reset'] as const)(
    'by %s: the text so far is kept, nothing passes for finished',
    async (by) => {
      server.always('m', ({ headers }) =>
        onTheWire(answer, { cut: { afterBytes: Number(headers['x-cut']), by } }),
      );
      // How it is cut changes nothing about where, so that breaking needs fewer places.
      const stride = by === 'end' ? 1 : 5;
      const cuts = Array.from(
        { length: Math.floor(bytes.length / stride) + 1 },
        (_, index) => index * stride,
      );
      for (let at = 0; at < cuts.length; at += 25) {
        const batch = cuts.slice(at, at + 25);
        const asked = await Promise.all(
          batch.map((cut) => ask(model(), { headers: { 'x-cut': String(cut) } })),
        );
        for (const [i, cut] of batch.entries()) {
          const { text, finish, error } = asked[i]!;
          if (by === 'end') expect(text).toBe(whole(cut));
          else expect(whole(cut).startsWith(text)).toBe(true);
          if (cut < terminalAt) {
            expect(finish).toBeUndefined();
            expect(provider.classify(error).code).toBe('response-truncated');
          } else if (by === 'end') {
            expect({ finished: finish !== undefined, error }).toEqual({ finished: true, error: undefined });
          }
        }
      }
      expect(server.requests).toHaveLength(cuts.length);
    },
    120_000,
  );
});
