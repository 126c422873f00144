import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createClient, type DispatchClient } from './create-client.ts';

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly body: string;
}

let server: Server;
let client: DispatchClient;
let seen: Seen[];
let answer: (response: ServerResponse, request: IncomingMessage) => void;

beforeEach(async () => {
  seen = [];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (data: Buffer) => {
      body += data.toString('utf8');
    });
    request.on('end', () => {
      seen.push({ method: request.method ?? '', url: request.url ?? '', body });
      answer(response, request);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  client = createClient({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` });
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const json =
  (value: unknown, status = 200, headers: Record<string, string> = {}) =>
  (response: ServerResponse): void => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
  };

describe('calls', () => {
  it.each<readonly [string, (client: DispatchClient) => Promise<unknown>, Seen]>([
    ['models', (c) => c.models(), { method: 'GET', url: '/models', body: '' }],
    ['version', (c) => c.version(), { method: 'GET', url: '/version', body: '' }],
    [
      'conversations',
      (c) => c.conversations({ q: 'a b', status: 'idle', limit: 3 }),
      { method: 'GET', url: '/conversations?q=a%20b&status=idle&limit=3', body: '' },
    ],
    [
      'history',
      (c) => c.history('x y', { sinceSeq: 4 }),
      { method: 'GET', url: '/conversations/x%20y?sinceSeq=4', body: '' },
    ],
    ['approvals', (c) => c.approvals(), { method: 'GET', url: '/approvals', body: '' }],
    [
      'answerApproval',
      (c) => c.answerApproval('apr_1', 'allow', 'conversation'),
      { method: 'POST', url: '/approvals/apr_1', body: '{"decision":"allow","scope":"conversation"}' },
    ],
    [
      'answerApproval, once',
      (c) => c.answerApproval('apr_1', 'deny'),
      { method: 'POST', url: '/approvals/apr_1', body: '{"decision":"deny"}' },
    ],
    ['grants', (c) => c.grants('x'), { method: 'GET', url: '/conversations/x/grants', body: '' }],
    [
      'revokeGrant',
      (c) => c.revokeGrant('x', 'apg_1'),
      { method: 'DELETE', url: '/conversations/x/grants/apg_1', body: '' },
    ],
    [
      'setTitle',
      (c) => c.setTitle('x', null),
      { method: 'PUT', url: '/conversations/x/title', body: '{"title":null}' },
    ],
    [
      'setModel',
      (c) => c.setModel('x', { model: 'demo/fast' }),
      { method: 'PUT', url: '/conversations/x/model', body: '{"model":"demo/fast"}' },
    ],
    [
      'setCwd',
      (c) => c.setCwd('x', '/tmp'),
      { method: 'PUT', url: '/conversations/x/cwd', body: '{"cwd":"/tmp"}' },
    ],
    [
      'stop',
      (c) => c.stop('x', { turnId: 't' }),
      { method: 'POST', url: '/conversations/x/stop', body: '{"turnId":"t"}' },
    ],
    [
      'queueMessage',
      (c) => c.queueMessage('x', { message: 'm', mode: 'queue' }),
      { method: 'POST', url: '/conversations/x/queue', body: '{"message":"m","mode":"queue"}' },
    ],
    ['queue', (c) => c.queue('x'), { method: 'GET', url: '/conversations/x/queue', body: '' }],
    [
      'changeQueued',
      (c) => c.changeQueued('x', 'q/1', { position: 2 }),
      { method: 'PUT', url: '/conversations/x/queue/q%2F1', body: '{"position":2}' },
    ],
    [
      'cancelQueued',
      (c) => c.cancelQueued('x', 'q'),
      { method: 'DELETE', url: '/conversations/x/queue/q', body: '' },
    ],
    ['close', (c) => c.close('x'), { method: 'POST', url: '/conversations/x/close', body: '' }],
    [
      'warm',
      (c) => c.warm({ conversationId: 'x', model: 'demo/fast' }),
      { method: 'POST', url: '/chat/warm', body: '{"conversationId":"x","model":"demo/fast"}' },
    ],
    [
      'throughput',
      (c) => c.throughput({ period: 'day', date: '2026-11-21' }),
      { method: 'GET', url: '/metrics/throughput?period=day&date=2026-11-21', body: '' },
    ],
  ])('%s asks what the route table says and gives the answer back', async (_name, call, request) => {
    answer = json({ here: true });
    expect(await call(client)).toEqual({ here: true });
    expect(seen).toEqual([request]);
  });

  it('throw what the error answer says', async () => {
    const body = { error: 'gone away', code: 'kernel-unavailable', retryable: true, requestId: 'req_1' };
    answer = json(body, 503, { 'retry-after': '2' });
    await expect(client.models()).rejects.toMatchObject({
      name: 'DispatchError',
      message: 'gone away',
      code: 'kernel-unavailable',
      status: 503,
      retryable: true,
      requestId: 'req_1',
      retryAfterMs: 2_000,
    });
  });

  it('throw when a proxy answers in place of the gateway, or something that is none', async () => {
    answer = (response) => response.writeHead(502).end('<html>');
    await expect(client.models()).rejects.toMatchObject({ code: 'unexpected-answer', retryable: true });
    answer = (response) => response.end('<html>');
    await expect(client.models()).rejects.toMatchObject({ code: 'malformed-answer', status: 200 });
  });

  it('throw unreachable, timed-out and aborted apart', async () => {
    const nowhere = createClient({ url: 'http://127.0.0.1:1' });
    await expect(nowhere.models()).rejects.toMatchObject({ code: 'unreachable', retryable: true });
    answer = () => undefined;
    await expect(client.models({ timeoutMs: 50 })).rejects.toMatchObject({ code: 'timed-out' });
    const abort = new AbortController();
    const call = client.models({ signal: abort.signal });
    abort.abort();
    await expect(call).rejects.toMatchObject({ code: 'aborted' });
    await expect(client.models({ signal: abort.signal })).rejects.toMatchObject({ code: 'aborted' });
  });
});

describe('chat', () => {
  const event = (type: string, more: object = {}): string =>
    `${JSON.stringify({ type, conversationId: 'c', turnId: 'trn_0', ...more })}\n`;
  const stream =
    (...pieces: string[]) =>
    (response: ServerResponse): void => {
      response.writeHead(200, { 'x-conversation-id': 'c' });
      for (const piece of pieces) response.write(piece);
      response.end();
    };

  it('gives the events as they come, across any cut of the bytes, until the seal', async () => {
    const text = event('text-delta', { delta: 'grüße 👋' }) + event('turn-sealed');
    const bytes = Buffer.from(text, 'utf8');
    answer = (response) => {
      response.writeHead(200, { 'x-conversation-id': 'c' });
      let at = 0;
      const more = (): void => {
        if (at === bytes.length) return void response.end();
        response.write(bytes.subarray(at, at + 1), () => setImmediate(more));
        at += 1;
      };
      more();
    };
    const chat = await client.chat({ message: 'hi' });
    expect(chat.conversationId).toBe('c');
    const events: unknown[] = [];
    for await (const one of chat) events.push(one);
    expect(events).toMatchObject([{ type: 'text-delta', delta: 'grüße 👋' }, { type: 'turn-sealed' }]);
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual({ message: 'hi', idempotencyKey: chat.idempotencyKey });
  });

  it.each([
    ['the one that was asked for', { conversationId: '%41 ☂' }, 'A', '%41 ☂'],
    ['the decoded header', {}, 'K%C3%B6ln%20%E2%98%82', 'Köln ☂'],
    ['the decoded header where the asked one counts as none', { conversationId: '' }, '100%25', '100%'],
  ])('names the conversation by %s', async (_which, more, header, conversationId) => {
    answer = (response) => response.writeHead(200, { 'x-conversation-id': header }).end(event('turn-sealed'));
    expect((await client.chat({ message: 'hi', ...more })).conversationId).toBe(conversationId);
  });

  it('rejects an answer that does not name its conversation readably', async () => {
    answer = (response) => response.writeHead(200, { 'x-conversation-id': '%E0%A4%A' }).end();
    await expect(client.chat({ message: 'hi' })).rejects.toMatchObject({ code: 'malformed-answer' });
  });

  it('ends with the one line of a busy conversation', async () => {
    answer = stream(event('error', { message: 'busy', code: 'turn-running' }));
    const events: unknown[] = [];
    for await (const one of await client.chat({ message: 'hi' })) events.push(one);
    expect(events).toMatchObject([{ type: 'error', code: 'turn-running' }]);
  });

  it.each([
    ['between two lines', [event('text-delta', { delta: 'a' })]],
    ['after an error inside the turn', [event('error', { message: 'no', code: 'overloaded' })]],
    ['within a line', [event('text-delta', { delta: 'a' }), event('turn-sealed').slice(0, 20)]],
  ])('throws when the stream is cut %s', async (_where, pieces) => {
    answer = stream(...pieces);
    const chat = await client.chat({ message: 'hi' });
    const events: unknown[] = [];
    const reading = (async () => {
      for await (const one of chat) events.push(one);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'connection-lost', retryable: true });
    expect(events).toHaveLength(1);
  });
});
