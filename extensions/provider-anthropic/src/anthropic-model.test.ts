import {
  callTool,
  comment,
  fail,
  finish,
  malformedEvent,
  onTheWire,
  raw,
  rawUsage,
  reply,
  type ScriptedModelServer,
  say,
  silence,
  stallHere,
  startScriptedModelServer,
  think,
  usage,
  wait,
} from '@dispatch/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ask } from './__fixtures__/ask.ts';
import { anthropicProvider } from './anthropic-provider.ts';

let server: ScriptedModelServer;
beforeAll(async () => {
  server = await startScriptedModelServer();
});
afterAll(() => server.close());
beforeEach(() => server.reset());

const provider = anthropicProvider(() => 0);
const key = 'sk-ant-api03-secret';
const model = () =>
  provider.languageModel({ name: 'anthropic', apiKey: key, baseUrl: server.anthropicUrl }, 'm');

describe('an answer', () => {
  it('gives text, reasoning, tool calls and exactly one finish, in order', async () => {
    server.script('m', reply(think('hm'), say('a b', { words: true }), callTool('t', { x: [1] })));
    const asked = await ask(model());
    expect(asked.types).toEqual([
      ...['stream-start', 'response-metadata'],
      ...['reasoning-start', 'reasoning-delta', 'reasoning-end'],
      ...['text-start', 'text-delta', 'text-delta', 'text-end'],
      ...['tool-input-start', 'tool-input-delta', 'tool-input-delta', 'tool-input-delta', 'tool-input-end'],
      ...['tool-call', 'finish'],
    ]);
    expect(asked.text).toBe('a b');
    expect(asked.parts).toContainEqual(
      expect.objectContaining({ type: 'tool-call', toolCallId: 'call_t', toolName: 't', input: '{"x":[1]}' }),
    );
    expect(asked.finish?.finishReason).toEqual({ unified: 'tool-calls', raw: 'tool_use' });
  });

  it('counts cached tokens within the input', async () => {
    const counts = { inputTokens: 100, outputTokens: 9, cacheReadTokens: 40, cacheWriteTokens: 20 };
    server.script('m', reply(say('a'), usage(counts)));
    expect((await ask(model())).finish?.usage).toMatchObject({
      inputTokens: { total: 100, noCache: 40, cacheRead: 40, cacheWrite: 20 },
      outputTokens: { total: 9 },
    });
  });

  it.each([
    ['no usage at all', undefined, { input: undefined, read: undefined, output: undefined }],
    ['null', null, { input: undefined, read: undefined, output: undefined }],
    ['no cache fields', { input_tokens: 5, output_tokens: 6 }, { input: 5, read: undefined, output: 6 }],
    [
      'negative counts',
      { input_tokens: -5, output_tokens: -6 },
      { input: undefined, read: undefined, output: undefined },
    ],
    ['words', { input_tokens: 'many', output_tokens: 6 }, { input: undefined, read: undefined, output: 6 }],
    [
      'a negative cache read',
      { input_tokens: 5, output_tokens: 6, cache_read_input_tokens: -1 },
      { input: 5, read: undefined, output: 6 },
    ],
    [
      'absurd counts',
      { input_tokens: 1e300, output_tokens: 0.5 },
      { input: undefined, read: undefined, output: undefined },
    ],
  ])('with %s in its usage tells only what can be', async (_name, fields, expected) => {
    server.script('m', reply(say('a'), rawUsage(fields)));
    const asked = await ask(model());
    expect(asked.text).toBe('a');
    expect({
      input: asked.finish?.usage.inputTokens.total,
      read: asked.finish?.usage.inputTokens.cacheRead,
      output: asked.finish?.usage.outputTokens.total,
    }).toEqual(expected);
  });

  it.each([
    ['one byte at a time', { pieceBytes: 1 }],
    ['with CRLF', { lineEnd: '\r\n' as const, pieceBytes: 7 }],
    ['with CR', { lineEnd: '\r' as const }],
    ['behind a byte order mark', { byteOrderMark: true }],
  ])('reads the same %s', async (_name, treatment) => {
    server.script('m', onTheWire(reply(comment(), say('größer 😀 '), say('ok')), treatment));
    const asked = await ask(model());
    expect(asked.text).toBe('größer 😀 ok');
    expect(asked.finish?.finishReason.unified).toBe('stop');
  });

  it('ignores events it does not know, and comments', async () => {
    const unknown = raw('event: hello\ndata: {"type":"hello","x":1}\n\n');
    server.script('m', reply(unknown, say('a'), unknown, comment(), say('b')));
    expect(await ask(model())).toMatchObject({ text: 'ab', error: undefined });
  });

  it.each([
    ['max_tokens', 'length'],
    ['refusal', 'content-filter'],
    ['something_new', 'other'],
  ])('hands on the reason %s', async (rawReason, unified) => {
    server.script('m', reply(say('a'), finish(rawReason)));
    expect((await ask(model())).finish?.finishReason).toEqual({ unified, raw: rawReason });
  });

  it('hands on broken arguments and repeated ids for the kernel to judge', async () => {
    const broken = callTool('t', {}, { rawArguments: '{"x":', id: 'same' });
    server.script('m', reply(broken, callTool('t', { y: 1 }, { id: 'same' })));
    const calls = (await ask(model())).parts.filter((part) => part.type === 'tool-call');
    expect(calls.map((call) => [call.toolCallId, call.input])).toEqual([
      ['same', '{"x":'],
      ['same', '{"y":1}'],
    ]);
  });

  it('also comes whole', async () => {
    server.script('m', reply(say('a'), usage({ inputTokens: 3, outputTokens: 1 })));
    const prompt = [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'hi' }] }];
    const answer = await model().doGenerate({ prompt, maxOutputTokens: 1 });
    expect(answer.content).toEqual([{ type: 'text', text: 'a' }]);
    expect(server.requests[0]?.body).toMatchObject({ max_tokens: 1, cache_control: { type: 'ephemeral' } });
  });
});

describe('a request', () => {
  it('asks for automatic caching and can be told otherwise', async () => {
    server.always('m', reply(say('a')));
    await ask(model());
    await ask(model(), {
      providerOptions: { anthropic: { cacheControl: { type: 'ephemeral', ttl: '1h' } } },
    });
    expect(server.requests.map((request) => request.body)).toMatchObject([
      { cache_control: { type: 'ephemeral' }, max_tokens: 50, stream: true },
      { cache_control: { type: 'ephemeral', ttl: '1h' } },
    ]);
  });

  it('carries the key of its credential only, and follows no redirect with it', async () => {
    process.env['ANTHROPIC_API_KEY'] = 'of-somebody-else';
    try {
      server.always('m', fail(307, { headers: { location: `${server.url}/elsewhere` } }));
      const asked = await ask(model());
      expect(provider.classify(asked.error).code).toBe('request-rejected');
      expect(server.requests.map((request) => request.headers['x-api-key'])).toEqual([key]);
      await ask(provider.languageModel({ name: 'x', baseUrl: server.anthropicUrl }, 'm'));
      expect(server.requests[1]?.headers['x-api-key']).toBe('');
    } finally {
      delete process.env['ANTHROPIC_API_KEY'];
    }
  });

  it('uses the connection of a complete answer again', async () => {
    server.always('m', reply(say('a')));
    await ask(model());
    const before = server.connections;
    for (let i = 0; i < 5; i += 1) await ask(model());
    expect(server.connections).toBe(before);
  });

  it('makes exactly one attempt', async () => {
    server.always('m', fail(529));
    await ask(model());
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    ['before any answer', silence()],
    ['while it waits for the first event', reply(stallHere())],
    ['mid-stream', reply(say('a'), stallHere())],
    ['between deltas', reply(say('a'), wait(60_000), say('b'))],
  ])('T6: aborted %s ends at once with the reason and closes the connection', async (_name, scripted) => {
    server.script('m', scripted);
    const aborting = new AbortController();
    const asked = ask(model(), { abortSignal: aborting.signal });
    while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const reason = new Error('stopped by a person');
    const from = performance.now();
    aborting.abort(reason);
    expect((await asked).error).toBe(reason);
    expect(await server.requests[0]?.ended).toBe('by-peer');
    expect(performance.now() - from).toBeLessThan(2_000);
  });

  it('cancelled by its reader closes the connection', async () => {
    server.script('m', reply(say('a'), stallHere()));
    const prompt = [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'hi' }] }];
    const { stream } = await model().doStream({ prompt });
    await stream.cancel();
    expect(await server.requests[0]?.ended).toBe('by-peer');
  });

  it('does not wait for a server that keeps the connection open behind the terminal event', async () => {
    server.script('m', reply(say('a'), finish(), stallHere()));
    expect(await ask(model())).toMatchObject({ text: 'a', error: undefined });
    expect(await server.requests[0]?.ended).toBe('by-peer');
  });

  it('leaves malformed events in the middle as the only end', async () => {
    server.script('m', reply(say('a'), malformedEvent(), say('b')));
    const asked = await ask(model());
    expect(asked.text).toBe('a');
    expect(asked.types.at(-1)).toBe('error');
    expect(provider.classify(asked.error).code).toBe('response-malformed');
  });
});
