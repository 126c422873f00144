import {
  callTool,
  endHere,
  endless,
  fail,
  failInBand,
  reply,
  type ScriptedModelServer,
  say,
  stallHere,
  startScriptedModelServer,
  usage,
} from '@dispatch/testkit';
import {
  type DispatchProcesses,
  eventually,
  openSocket,
  request,
  startDispatch,
  streamChat,
} from '@dispatch/tests-processes';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

let server: ScriptedModelServer;
let dispatch: DispatchProcesses;
beforeAll(async () => {
  server = await startScriptedModelServer({ models: ['scripted', 'second'] });
  dispatch = await startDispatch({
    env: {
      ANTHROPIC_API_KEY: 'key-that-must-not-leak',
      ANTHROPIC_BASE_URL: server.anthropicUrl,
      OPENAI_API_KEY: 'key-that-must-not-leak',
      OPENAI_BASE_URL: server.openaiUrl,
    },
  });
});
beforeEach(() => server.reset());
afterAll(async () => {
  await dispatch.stop();
  await server.close();
});

const plain = async (body: object) => {
  const chat = await streamChat(dispatch.httpUrl, body);
  return chat.events.map(({ event }) => event);
};
const textOf = (events: readonly { readonly type: string; readonly [field: string]: unknown }[]) =>
  events
    .filter(({ type }) => type === 'text-delta')
    .map((event) => event['delta'])
    .join('');

describe.each(['anthropic', 'openai'])('through the protocol of %s', (credential) => {
  const model = `${credential}/scripted`;

  it('lists its models', async () => {
    const { body } = await request(dispatch.httpUrl, 'GET', '/models');
    expect(body.models).toEqual(expect.arrayContaining([model, `${credential}/second`]));
  });

  it('streams as the provider streams, with usage, metrics and cache', async () => {
    const conversationId = crypto.randomUUID();
    server.script(
      'scripted',
      reply(
        say('One word after the other.', { words: true, everyMs: 60 }),
        usage({ inputTokens: 3000, outputTokens: 12, cacheReadTokens: 2500 }),
      ),
    );
    const chat = await streamChat(dispatch.httpUrl, { conversationId, message: 'hello', model });
    const texts = chat.events.filter(({ event }) => event.type === 'text-delta');
    expect(texts.length).toBeGreaterThanOrEqual(4);
    expect((texts.at(-1)?.atMs ?? 0) - (texts[0]?.atMs ?? 0)).toBeGreaterThan(150);
    const events = chat.events.map(({ event }) => event);
    expect(textOf(events)).toBe('One word after the other.');
    expect(events.find(({ type }) => type === 'usage')).toMatchObject({
      usage: { inputTokens: 3000, outputTokens: 12, cacheReadTokens: 2500 },
    });
    const done = events.at(-2);
    expect(done).toMatchObject({ type: 'done', reason: 'stop', contextSize: 3012 });
    const { body } = await request(dispatch.httpUrl, 'GET', `/conversations/${conversationId}/metrics`);
    expect(body.turns).toHaveLength(1);
    expect(body.turns[0]).toMatchObject({
      contextSize: 3012,
      model,
      usage: { inputTokens: 3000, outputTokens: 12 },
    });
    const [step] = body.turns[0].steps;
    expect(step.genTotalMs).toBeCloseTo(step.ttftMs + step.decodeMs, 0);
    expect(step.decodeMs).toBeGreaterThan(150);
  });

  it('calls tools, hands the results back, and remembers the conversation', async () => {
    const conversationId = crypto.randomUUID();
    server.script(
      'scripted',
      reply(say('Let me look.'), callTool('current-time', { timeZone: 'Europe/Berlin' }, { id: 'call_1' })),
      reply(say('It is late.')),
      reply(say('You are welcome.')),
    );
    const events = await plain({ conversationId, message: 'What time is it?', model });
    expect(events.find(({ type }) => type === 'tool-result')).toMatchObject({
      isError: false,
      toolName: 'current-time',
    });
    expect(textOf(events)).toBe('Let me look.It is late.');
    await plain({ conversationId, message: 'Thanks.' });
    expect(server.requests.filter(({ method }) => method === 'POST')).toHaveLength(3);
    const last = JSON.stringify(server.requests.at(-1)?.body);
    for (const part of ['What time is it?', 'Let me look.', 'Europe/Berlin', 'It is late.', 'Thanks.']) {
      expect(last).toContain(part);
    }
  });

  it('T11, T13: a failure before the first byte is retried and only shows as status; the last one is one error', async () => {
    server.script('scripted', fail(529, {}), fail(429, { retryAfter: 1 }), reply(say('There.')));
    const events = await plain({ message: 'hello', model });
    expect(events.filter(({ type }) => type === 'status')).toMatchObject([
      { status: 'retrying', attempt: 2 },
      { status: 'retrying', attempt: 3 },
    ]);
    expect(events.some(({ type }) => type === 'error')).toBe(false);
    expect(textOf(events)).toBe('There.');
    server.reset();
    server.always('scripted', fail(401, { message: 'bad key-that-must-not-leak' }));
    const failed = await plain({ message: 'hello', model });
    expect(failed.filter(({ type }) => type === 'error')).toMatchObject([
      { code: 'authentication-failed', retryable: false },
    ]);
    expect(failed.slice(-2)).toMatchObject([{ type: 'done', reason: 'error' }, { type: 'turn-sealed' }]);
    expect(JSON.stringify(failed)).not.toContain('key-that-must-not-leak');
    expect(server.requests).toHaveLength(1);
  });

  it('T12: truncation and in-band errors keep the text so far and are one classified error', async () => {
    server.script('scripted', reply(say('Half of it'), endHere()), reply(say('Half again'), failInBand(529)));
    for (const [text, code] of [
      ['Half of it', 'response-truncated'],
      ['Half again', 'overloaded'],
    ] as const) {
      const conversationId = crypto.randomUUID();
      const events = await plain({ conversationId, message: 'hello', model });
      expect(textOf(events)).toBe(text);
      expect(events.filter(({ type }) => type === 'error')).toMatchObject([{ code }]);
      expect(events.slice(-2)).toMatchObject([{ type: 'done', reason: 'error' }, { type: 'turn-sealed' }]);
      const { body } = await request(dispatch.httpUrl, 'GET', `/conversations/${conversationId}`);
      expect(body.chunks.map((row: { chunk: { type: string } }) => row.chunk.type)).toEqual([
        'text',
        'text',
        'error',
      ]);
    }
  });

  it('T6: a stop takes effect within a second though the provider hangs, and closes its connection', async () => {
    const took: number[] = [];
    // The quickest of three counts: a busy machine holds one up.
    for (let round = 0; round < 3; round += 1) {
      server.script('scripted', reply(say('Wait'), stallHere()));
      const conversationId = crypto.randomUUID();
      const socket = await openSocket(dispatch.wsUrl);
      socket.send({ type: 'chat.send', conversationId, message: 'hello', model });
      await socket.frame('text', (frame) => JSON.stringify(frame).includes('text-delta'));
      const began = performance.now();
      await request(dispatch.httpUrl, 'POST', `/conversations/${conversationId}/stop`);
      await socket.sealed();
      await eventually('the closed connection', () => server.requests[round]?.end === 'by-peer');
      took.push(performance.now() - began);
      expect(socket.events().at(-2)).toMatchObject({ type: 'done', reason: 'aborted' });
      socket.close();
    }
    expect(Math.min(...took)).toBeLessThan(1_000);
  });

  it('an answer without end is stopped like any other', async () => {
    server.script('scripted', reply(endless('more ', 1)));
    const conversationId = crypto.randomUUID();
    const chat = plain({ conversationId, message: 'hello', model });
    await eventually('much text', () => Number(server.requests[0]?.bytesSent) > 10_000);
    await request(dispatch.httpUrl, 'POST', `/conversations/${conversationId}/stop`);
    const events = await chat;
    expect(events.at(-2)).toMatchObject({ type: 'done', reason: 'aborted' });
    const { body } = await request(dispatch.httpUrl, 'GET', `/conversations/${conversationId}`);
    expect(body.chunks.at(-1).chunk.text).toBe(textOf(events));
  });
});

describe('fallback models', () => {
  it('are tried in order when a model fails before its first byte', async () => {
    const conversationId = crypto.randomUUID();
    const put = await request(dispatch.httpUrl, 'PUT', `/conversations/${conversationId}/model`, {
      model: 'anthropic/scripted',
      fallbackModels: ['openai/second', 'demo/fast'],
    });
    expect(put.body).toMatchObject({
      model: 'anthropic/scripted',
      fallbackModels: ['openai/second', 'demo/fast'],
    });
    server.always('scripted', fail(401));
    server.script('second', reply(say('I can.')));
    const events = await plain({ conversationId, message: 'hello' });
    expect(events.filter(({ type }) => type === 'status')).toMatchObject([
      { status: 'falling-back', model: 'openai/second' },
    ]);
    expect(events.some(({ type }) => type === 'error')).toBe(false);
    expect(textOf(events)).toBe('I can.');
    const { body } = await request(dispatch.httpUrl, 'GET', `/conversations/${conversationId}/metrics`);
    expect(body.turns[0].model).toBe('openai/second');
  });
});
