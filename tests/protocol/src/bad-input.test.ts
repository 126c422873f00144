import { connect } from 'node:net';
import {
  type DispatchProcesses,
  openSocket,
  request,
  startDispatch,
  streamChat,
} from '@dispatch/tests-processes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let dispatch: DispatchProcesses;
beforeAll(async () => {
  dispatch = await startDispatch();
});
afterAll(() => dispatch.stop());

const errorShape = {
  error: expect.stringMatching(/.+/),
  code: expect.stringMatching(/^[a-z]+(-[a-z]+)*$/),
  retryable: expect.any(Boolean),
  requestId: expect.stringMatching(/^req_/),
};
const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

describe('POST /chat with bad input', () => {
  it.each([
    ['broken JSON', '{"message": "hi"', 'invalid-json'],
    ['nothing', '', 'invalid-json'],
    ['an array', '[]', 'invalid-request'],
    ['null', 'null', 'invalid-request'],
    ['no message', '{}', 'invalid-request'],
    ['a blank message', '{"message":"  \\n "}', 'invalid-request'],
    ['a message of the wrong type', '{"message":5}', 'invalid-request'],
    ['a model of the wrong type', '{"message":"hi","model":5}', 'invalid-request'],
    ['a cwd of the wrong type', '{"message":"hi","cwd":{}}', 'invalid-request'],
    ['an id with a slash', '{"message":"hi","conversationId":"a/b"}', 'invalid-request'],
    [
      'an id that is too long',
      JSON.stringify({ message: 'hi', conversationId: 'x'.repeat(129) }),
      'invalid-request',
    ],
    ['a prototype key', '{"message":"hi","__proto__":{"polluted":true}}', 'invalid-json'],
    ['a nested constructor key', '{"message":"hi","x":{"constructor":{}}}', 'invalid-json'],
    ['too deep a body', `{"message":"hi","x":${deep(40)}}`, 'invalid-json'],
  ])('%s: one clear error', async (_what, body, code) => {
    const answer = await request(dispatch.httpUrl, 'POST', '/chat', body);
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual(expect.objectContaining({ ...errorShape, code }));
    expect(JSON.stringify(answer.body)).not.toMatch(/node_modules|\.ts:|\.js:|sqlite/i);
  });

  it('a conversation id that is no string is as if there were none', async () => {
    const chat = await streamChat(dispatch.httpUrl, {
      message: 'words: 3',
      model: 'demo/fast',
      conversationId: 5,
    });
    expect(chat.conversationId).toMatch(/.+/);
    expect(chat.events.at(-1)?.event.type).toBe('turn-sealed');
  });

  it('a body of 100 MB is refused without being held, while others are served', async () => {
    const chat = streamChat(dispatch.httpUrl, { message: 'go on', model: 'demo/writer' });
    const { port, hostname } = new URL(dispatch.httpUrl);
    const size = 100 * 1024 * 1024;
    const status = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), hostname);
      let answer = '';
      let sent = 0;
      const block = Buffer.alloc(64 * 1024, 'x');
      const pump = () => {
        while (sent < size && !socket.destroyed) {
          sent += block.length;
          if (!socket.write(block)) return void socket.once('drain', pump);
        }
      };
      socket.on('data', (data) => {
        answer += data.toString();
        if (answer.includes('requestId')) socket.destroy();
      });
      socket.on('error', () => undefined);
      socket.on('close', () => (answer === '' ? reject(new Error('no answer')) : resolve(answer)));
      socket.write(`POST /chat HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Length: ${size}\r\n\r\n`);
      pump();
    });
    expect(status).toMatch(/^HTTP\/1\.1 413 /);
    expect(status).toContain('body-too-large');
    expect((await chat).events.at(-1)?.event.type).toBe('turn-sealed');
  });
});

describe('HTTP', () => {
  it.each([
    ['GET', '/nowhere', 404, 'not-found'],
    ['DELETE', '/models', 405, 'method-not-allowed'],
    ['PUT', '/conversations/x/title', 400, 'invalid-json'],
    ['GET', `/conversations/${'x'.repeat(200)}`, 400, 'invalid-request'],
    ['GET', '/conversations/%00', 400, 'invalid-request'],
    ['GET', '/conversations/%E0%A4%A', 400, 'invalid-request'],
    ['GET', '/metrics/throughput', 400, 'invalid-request'],
    ['GET', '/metrics/throughput?period=day&date=2026-02-30', 400, 'invalid-request'],
    ['GET', '/metrics/throughput?period=month&date=2026-13', 400, 'invalid-request'],
    ['GET', '/conversations?limit=100000', 400, 'invalid-request'],
    ['GET', '/conversations?cursor=garbage', 400, 'invalid-request'],
  ])('%s %s is %i %s', async (method, path, status, code) => {
    const answer = await request(dispatch.httpUrl, method, path);
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual(expect.objectContaining({ ...errorShape, code }));
  });

  it('the WebSocket-only port answers plain HTTP with 426', async () => {
    const answer = await request(dispatch.wsUrl.replace('ws', 'http'), 'GET', '/');
    expect(answer.status).toBe(426);
    expect(answer.body).toEqual(expect.objectContaining({ ...errorShape, code: 'upgrade-required' }));
  });

  it('foreign hosts, foreign origins and proxied requests are refused', async () => {
    const send = (headers: Record<string, string>) =>
      new Promise<string>((resolve) => {
        const { port, hostname } = new URL(dispatch.httpUrl);
        const socket = connect(Number(port), hostname);
        let answer = '';
        socket.on('data', (data) => {
          answer += data.toString();
        });
        socket.on('close', () => resolve(answer));
        const lines = Object.entries({ host: `127.0.0.1:${port}`, connection: 'close', ...headers });
        socket.write(`GET /models HTTP/1.1\r\n${lines.map(([k, v]) => `${k}: ${v}\r\n`).join('')}\r\n`);
      });
    expect(await send({ host: 'evil.example' })).toContain('403');
    expect(await send({ 'x-forwarded-for': '10.0.0.1' })).toContain('403');
    expect(await send({ origin: 'https://evil.example' })).toContain('forbidden-origin');
    expect(await send({ origin: 'null' })).toContain('forbidden-origin');
    expect(await send({ origin: 'http://localhost:5173' })).toMatch(
      /access-control-allow-origin: http:\/\/localhost:5173/i,
    );
    expect(await send({})).toContain('200 OK');
  });
});

describe('the socket', () => {
  it('answers every bad frame, keeps the connection, and harms nobody else', async () => {
    const socket = await openSocket(dispatch.wsUrl);
    const bad: readonly (readonly [string, string])[] = [
      ['{"type":', 'invalid-json'],
      ['null', 'invalid-request'],
      ['[]', 'invalid-request'],
      ['{"type":"nonsense","id":"q1"}', 'unknown-frame'],
      ['{"type":"toString"}', 'unknown-frame'],
      ['{"type":5}', 'unknown-frame'],
      ['{"type":"chat.subscribe"}', 'invalid-request'],
      ['{"type":"chat.subscribe","conversationId":"a","after":-2}', 'invalid-request'],
      ['{"type":"chat.subscribe","conversationId":"a","after":1e308}', 'invalid-request'],
      ['{"type":"chat.send","conversationId":"c","message":""}', 'invalid-request'],
      ['{"type":"chat.send","message":"hi","__proto__":{"x":1}}', 'invalid-json'],
      ['{"type":"subscribe","surfaceId":"none"}', 'unknown-surface'],
      ['{"type":"invoke","surfaceId":"none","actionId":"x"}', 'unknown-surface'],
    ];
    for (const [text, code] of bad) {
      const before = socket.frames.length;
      socket.sendText(text);
      const answer = await socket.frame(
        text,
        (frame) => socket.frames.indexOf(frame) >= before && /error$/.test(frame.type),
      );
      expect([text, answer['code']]).toEqual([text, code]);
      expect(answer['message']).toMatch(/.+/);
    }
    expect(socket.frames.find((frame) => frame['id'] === 'q1')).toMatchObject({
      type: 'error',
      code: 'unknown-frame',
    });
    expect(socket.frames.find((frame) => frame['surfaceId'] === 'none')).toMatchObject({ type: 'error' });
    socket.send({ type: 'chat.send', message: 'words: 4', model: 'demo/fast' });
    await socket.sealed();
    socket.close();
  });

  it('a frame over the limit closes that socket alone', async () => {
    const [big, other] = await Promise.all([openSocket(dispatch.wsUrl), openSocket(dispatch.wsUrl)]);
    const closed = new Promise<number>((resolve) => big.socket.once('close', resolve));
    big.sendText(JSON.stringify({ type: 'chat.send', message: 'x'.repeat(300 * 1024) }));
    expect(await closed).toBe(1009);
    other.send({ type: 'chat.send', message: 'words: 4', model: 'demo/fast' });
    await other.sealed();
    other.close();
  });
});
