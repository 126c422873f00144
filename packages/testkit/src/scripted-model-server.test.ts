import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  callTool,
  comment,
  endHere,
  endless,
  fail,
  failInBand,
  finish,
  giantLine,
  onTheWire,
  rawUsage,
  recordStream,
  refuse,
  reply,
  resetHere,
  type ScriptedModelServer,
  say,
  silence,
  stallHere,
  startScriptedModelServer,
  think,
  usage,
  wait,
} from './index.ts';

let server: ScriptedModelServer;
beforeEach(async () => {
  server = await startScriptedModelServer();
});
afterEach(() => server.close());

const paths = { anthropic: '/v1/messages', openai: '/v1/chat/completions' };
const formats = ['anthropic', 'openai'] as const;

function ask(format: keyof typeof paths, extra: object = {}, signal?: AbortSignal): Promise<Response> {
  const body = { model: 'm', stream: true, stream_options: { include_usage: true }, messages: [], ...extra };
  return fetch(`${server.url}${paths[format]}`, {
    method: 'POST',
    body: JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  });
}

async function events(format: keyof typeof paths): Promise<Record<string, unknown>[]> {
  const text = await (await ask(format)).text();
  const data = text.split('\n').filter((line) => line.startsWith('data: ') && line !== 'data: [DONE]');
  return data.map((line) => JSON.parse(line.slice(6)));
}

describe('formats', () => {
  it('tells an answer as Messages events with blocks, usage at both ends and a terminal event', async () => {
    server.script(
      'm',
      reply(
        think('hm'),
        say('a '),
        say('b'),
        callTool('t', { x: 1 }),
        usage({ inputTokens: 10, outputTokens: 7, cacheReadTokens: 4, cacheWriteTokens: 5 }),
      ),
    );
    const all = await events('anthropic');
    expect(all.map((event) => event['type'])).toEqual([
      'message_start',
      'ping',
      ...['content_block_start', 'content_block_delta', 'content_block_stop'],
      ...['content_block_start', 'content_block_delta', 'content_block_delta', 'content_block_stop'],
      'content_block_start',
      ...['content_block_delta', 'content_block_delta', 'content_block_delta'],
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
    const blocks = all.filter((event) => 'index' in event).map((event) => event['index']);
    expect(blocks).toEqual([0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 2]);
    expect(all[0]).toMatchObject({
      message: { usage: { input_tokens: 1, cache_read_input_tokens: 4, cache_creation_input_tokens: 5 } },
    });
    expect(all.at(-2)).toMatchObject({ delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 7 } });
  });

  it('tells the same answer as chat completion chunks, with usage only when asked', async () => {
    const answer = reply(
      say('a'),
      callTool('t', { x: 1 }),
      usage({ inputTokens: 10, outputTokens: 7, cacheReadTokens: 4 }),
    );
    server.script('m', answer, answer);
    const all = await events('openai');
    expect(all.at(-1)).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 10, completion_tokens: 7, prompt_tokens_details: { cached_tokens: 4 } },
    });
    expect(all.at(-2)).toMatchObject({ choices: [{ finish_reason: 'tool_calls' }] });
    const without = await (await ask('openai', { stream_options: undefined })).text();
    expect(without).not.toContain('usage');
    expect(without.endsWith('data: [DONE]\n\n')).toBe(true);
  });

  it('answers whole when no stream is asked for', async () => {
    const answer = reply(say('a '), say('b'), callTool('t', { x: 1 }), finish('tool-calls'));
    server.script('m', answer, answer);
    expect(await (await ask('anthropic', { stream: false })).json()).toMatchObject({
      content: [
        { type: 'text', text: 'a b' },
        { type: 'tool_use', name: 't', input: { x: 1 } },
      ],
      stop_reason: 'tool_use',
    });
    expect(await (await ask('openai', { stream: false })).json()).toMatchObject({
      choices: [{ message: { content: 'a b', tool_calls: [{ function: { arguments: '{"x":1}' } }] } }],
    });
  });

  it('lists models in the format of the asker, in pages where the format has them', async () => {
    for (const name of ['c', 'a', 'b']) server.always(name, reply(say('x')));
    const list = async (path: string, headers = {}) => (await fetch(server.url + path, { headers })).json();
    expect(await list('/v1/models')).toMatchObject({ data: [{ id: 'a' }, { id: 'b' }, { id: 'c' }] });
    const version = { 'anthropic-version': '2023-06-01' };
    const first = await list('/v1/models?limit=2', version);
    expect(first).toMatchObject({ data: [{ id: 'a' }, { id: 'b' }], has_more: true, last_id: 'b' });
    expect(await list('/v1/models?limit=2&after_id=b', version)).toMatchObject({
      data: [{ id: 'c' }],
      has_more: false,
    });
  });

  it.each(formats)('%s: leaves usage out, or tells it as impossible as it was written', async (format) => {
    server.script('m', reply(say('x'), rawUsage()), reply(say('x'), rawUsage({ made: 'up' })));
    expect(JSON.stringify(await events(format))).not.toContain('usage');
    expect(JSON.stringify(await events(format))).toContain('"usage":{"made":"up"}');
  });
});

describe('scripts', () => {
  it('takes replies from the queue of the model, then what is always said, then fails', async () => {
    server.script('m', reply(say('first')), (request) => reply(say(`number ${request.number}`)));
    expect(await (await ask('openai')).text()).toContain('first');
    expect(await (await ask('openai')).text()).toContain('number 1');
    expect((await ask('openai')).status).toBe(500);
    server.always('m', reply(say('again')));
    expect(await (await ask('openai')).text()).toContain('again');
    expect((await ask('openai', { model: 'nobody' })).status).toBe(404);
  });

  it('records requests whole', async () => {
    server.script('m', reply(say('x')));
    await (await ask('anthropic', { messages: [{ role: 'user', content: 'hi' }] })).text();
    expect(server.requests[0]).toMatchObject({
      number: 0,
      format: 'anthropic',
      model: 'm',
      stream: true,
      body: { messages: [{ role: 'user', content: 'hi' }] },
    });
    expect(await server.requests[0]!.ended).toBe('by-server');
  });

  it.each(formats)('%s: puts on the wire the bytes that were recorded', async (format) => {
    const counts = usage({ inputTokens: 5, outputTokens: 5 });
    const answer = reply(think('hm'), say('a b c', { words: true }), callTool('t', { x: [1, 2] }), counts);
    server.script('m', answer);
    const { bytes, terminalAt } = recordStream(format, answer, 'm');
    expect(Buffer.from(await (await ask(format)).arrayBuffer()).toString()).toBe(
      Buffer.from(bytes).toString(),
    );
    expect(bytes.length - (terminalAt ?? 0)).toBe(2);
  });
});

describe('faults', () => {
  it('answers a failure in the words of each format, with Retry-After', async () => {
    server.always('m', fail(429, { message: 'slow down', retryAfter: 7 }));
    const anthropic = await ask('anthropic');
    expect(anthropic.status).toBe(429);
    expect(anthropic.headers.get('retry-after')).toBe('7');
    expect(await anthropic.json()).toEqual({
      type: 'error',
      error: { type: 'rate_limit_error', message: 'slow down' },
    });
    expect(await (await ask('openai')).json()).toMatchObject({ error: { code: 'rate_limit_exceeded' } });
  });

  it('fails in-band behind a 200', async () => {
    server.always('m', reply(say('x'), failInBand(529)));
    const response = await ask('anthropic');
    expect(response.status).toBe(200);
    expect(await response.text()).toContain(
      'event: error\ndata: {"type":"error","error":{"type":"overloaded_error"',
    );
  });

  it.each(formats)('%s: cuts at exactly the byte asked for, whole or broken', async (format) => {
    const answer = reply(say('äöü'));
    const { bytes } = recordStream(format, answer);
    server.script('m', onTheWire(answer, { cut: { afterBytes: 50, by: 'end' } }));
    expect((await (await ask(format)).arrayBuffer()).byteLength).toBe(50);
    server.script('m', onTheWire(answer, { cut: { afterBytes: 50, by: 'reset' } }));
    const broken = await ask(format);
    await expect(broken.arrayBuffer()).rejects.toThrow('terminated');
    expect(bytes.length).toBeGreaterThan(50);
  });

  it('splits bytes anywhere, ends lines as asked, and starts with a mark', async () => {
    const answer = reply(comment('hello'), say('ä'));
    server.script('m', onTheWire(answer, { pieceBytes: 1, lineEnd: '\r\n', byteOrderMark: true }));
    const bytes = Buffer.from(await (await ask('openai')).arrayBuffer());
    expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    const text = bytes.toString();
    expect(text).toContain(': hello\r\n\r\n');
    expect(text.replaceAll('\r\n', '')).not.toContain('\n');
  });

  it('breaks, refuses, ends early', async () => {
    server.script('m', reply(say('x'), resetHere()), refuse(), reply(say('x'), endHere()));
    await expect((await ask('openai')).text()).rejects.toThrow('terminated');
    await expect(ask('openai')).rejects.toThrow('fetch failed');
    expect(await (await ask('openai')).text()).not.toContain('[DONE]');
  });

  it.each([
    ['stalls', reply(say('x'), stallHere())],
    ['streams without end', reply(endless('x'))],
    ['streams without end, slowly', reply(endless('x', 60_000))],
    ['waits', reply(say('x'), wait(60_000))],
    ['stays silent', silence()],
    ['floods', reply(giantLine(1024 ** 4))],
  ])('%s until the peer closes, and notices at once', async (_name, scripted) => {
    server.script('m', scripted);
    const aborting = new AbortController();
    const asked = ask('openai', {}, aborting.signal);
    if (scripted.kind === 'answer') await asked;
    while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    const request = server.requests[0]!;
    expect(request.end).toBe('open');
    aborting.abort();
    await asked.catch(() => {});
    expect(await request.ended).toBe('by-peer');
  });

  it('a giant line is as long as asked and has no end', async () => {
    server.script('m', reply(giantLine(200_000)));
    const text = await (await ask('openai')).text();
    expect(text.slice(text.lastIndexOf('\n') + 1)).toBe(`data: ${'x'.repeat(200_000)}`);
  });

  it('closing the server breaks what is open', async () => {
    server.script('m', reply(say('x'), stallHere()));
    const response = await ask('openai');
    await server.close();
    await expect(response.text()).rejects.toThrow();
  });
});
