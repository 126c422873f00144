import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../__fixtures__/test-gateway.ts';
import { openTestSocket, refusedUpgrade, type TestSocket } from '../__fixtures__/test-socket.ts';
import { pause, until } from '../__fixtures__/until.ts';

let test: TestGateway;
let socket: TestSocket;
beforeAll(async () => {
  test = await startTestGateway();
  socket = await openTestSocket(test.wsUrl);
});
afterAll(async () => {
  socket.socket.terminate();
  await test.stop();
});

const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

describe('a frame that cannot be carried out', () => {
  it.each<readonly [string, Record<string, unknown>]>([
    ['', { type: 'error', code: 'invalid-json' }],
    ['{"type":', { type: 'error', code: 'invalid-json' }],
    [
      '{"type":"chat.send","message":"hi","conversationId":"c","__proto__":{"x":1},"id":"q"}',
      { type: 'chat.error', code: 'invalid-json', conversationId: 'c', id: 'q' },
    ],
    [
      '{"type":"invoke","payload":{"constructor":{}},"id":"q"}',
      { type: 'error', code: 'invalid-json', id: 'q' },
    ],
    [`{"type":"ping","payload":${nested(40)},"id":"q"}`, { type: 'error', code: 'invalid-json', id: 'q' }],
    [
      `{"type":"ping","payload":[${'0,'.repeat(10_000)}0],"id":"q"}`,
      { type: 'error', code: 'invalid-json', id: 'q' },
    ],
    ['{"type":"ping","id":"q","__proto__":{"id":"p"}}', { type: 'error', code: 'invalid-json', id: 'q' }],
    ['null', { type: 'error', code: 'invalid-request' }],
    ['[]', { type: 'error', code: 'invalid-request' }],
    ['"chat.send"', { type: 'error', code: 'invalid-request' }],
    ['1e999', { type: 'error', code: 'invalid-request' }],
    ['{}', { type: 'error', code: 'unknown-frame' }],
    ['{"type":5,"id":"q"}', { type: 'error', code: 'unknown-frame', id: 'q' }],
    [`{"type":5,"id":"${'🦀'.repeat(128)}"}`, { type: 'error', code: 'unknown-frame', id: '🦀'.repeat(128) }],
    ['{"type":5,"id":"\\ud800"}', { type: 'error', code: 'unknown-frame' }],
    ['{"type":"nonsense","id":"q"}', { type: 'error', code: 'unknown-frame', id: 'q' }],
    ['{"type":"toString"}', { type: 'error', code: 'unknown-frame' }],
    ['{"type":"hasOwnProperty"}', { type: 'error', code: 'unknown-frame' }],
    ['{"type":"hello"}', { type: 'error', code: 'unknown-frame' }],
    ['{"type":"chat.nonsense","conversationId":"c"}', { type: 'chat.error', code: 'unknown-frame' }],
    [
      '{"type":"subscribe","surfaceId":"no","id":"q"}',
      { type: 'error', code: 'unknown-surface', surfaceId: 'no', id: 'q' },
    ],
    ['{"type":"subscribe"}', { type: 'error', code: 'invalid-request' }],
    [
      '{"type":"invoke","surfaceId":"no","actionId":"a"}',
      { type: 'error', code: 'unknown-surface', surfaceId: 'no' },
    ],
    ['{"type":"invoke","surfaceId":"no"}', { type: 'error', code: 'invalid-request', surfaceId: 'no' }],
    ['{"type":"chat.send"}', { type: 'chat.error', code: 'invalid-request' }],
    [
      '{"type":"chat.send","message":"","conversationId":"c","id":"q"}',
      { type: 'chat.error', code: 'invalid-request', conversationId: 'c', id: 'q' },
    ],
    [
      '{"type":"chat.send","message":["x"],"conversationId":"c"}',
      { type: 'chat.error', conversationId: 'c' },
    ],
    [
      '{"type":"chat.send","message":"x","conversationId":"a/b"}',
      { type: 'chat.error', code: 'invalid-request' },
    ],
    ['{"type":"chat.send","message":"x","model":1}', { type: 'chat.error', code: 'invalid-request' }],
    [
      '{"type":"chat.send","message":"x","idempotencyKey":"a b"}',
      { type: 'chat.error', code: 'invalid-request' },
    ],
    ['{"type":"chat.subscribe"}', { type: 'chat.error', code: 'invalid-request' }],
    ['{"type":"chat.subscribe","conversationId":""}', { type: 'chat.error', code: 'invalid-request' }],
    [
      '{"type":"chat.subscribe","conversationId":"c","after":-2}',
      { type: 'chat.error', code: 'invalid-request' },
    ],
    [
      '{"type":"chat.subscribe","conversationId":"c","after":0.5}',
      { type: 'chat.error', code: 'invalid-request' },
    ],
    [
      '{"type":"chat.subscribe","conversationId":"c","after":1e308}',
      { type: 'chat.error', code: 'invalid-request' },
    ],
    [
      '{"type":"chat.subscribe","conversationId":"c","after":"1"}',
      { type: 'chat.error', code: 'invalid-request' },
    ],
    ['{"type":"chat.unsubscribe","conversationId":null}', { type: 'chat.error', code: 'invalid-request' }],
    [`{"type":"ping","id":"${'x'.repeat(129)}"}`, { type: 'error', code: 'invalid-request' }],
    ['{"type":"ping","id":7}', { type: 'error', code: 'invalid-request' }],
  ])('%s is answered and the connection stays', async (text, expected) => {
    const from = socket.frames.length;
    socket.sendText(text);
    const answer = await socket.next(({ type }) => type.endsWith('error'), from);
    expect(answer).toMatchObject({
      ...expected,
      message: expect.stringMatching(/.+/),
      requestId: expect.stringMatching(/^req_/),
    });
    expect(answer['retryable']).toBe(false);
    if (!('id' in expected)) expect(answer).not.toHaveProperty('id');
    if (!('conversationId' in expected) && expected['type'] === 'error') {
      expect(answer).not.toHaveProperty('conversationId');
    }
    expect(socket.socket.readyState).toBe(socket.socket.OPEN);
  });

  it.each([
    ['tab-1', 'contracts.tab-1: '],
    ['two\nlines', 'contracts.…: '],
    ['x'.repeat(2_000), 'contracts.…: '],
  ])('S-35: a message repeats only names that look like one: %j', async (name, place) => {
    const from = socket.frames.length;
    socket.send({ type: 'client.hello', contracts: { [name]: 5 } });
    const { message } = await socket.next(({ type }) => type === 'error', from);
    expect(String(message).slice(0, place.length)).toBe(place);
  });

  it('a binary message is refused and the connection stays', async () => {
    const from = socket.frames.length;
    socket.sendText(Buffer.from('{"type":"ping"}'));
    expect(await socket.next(({ type }) => type === 'error', from)).toMatchObject({
      code: 'invalid-request',
      requestId: expect.stringMatching(/^req_/),
    });
    expect(socket.frames.slice(from).some(({ type }) => type === 'pong')).toBe(false);
  });

  it('unknown fields are ignored', async () => {
    const from = socket.frames.length;
    socket.send({ type: 'ping', id: 'p', further: { anything: 1 } });
    expect(await socket.next(({ type }) => type === 'ack', from)).toEqual({ type: 'ack', id: 'p' });
  });
});

describe('a message over the limits', () => {
  it('L1: a frame beyond those that may wait is refused for now, under its id and not in the name of the kernel', async () => {
    const hasty = await openTestSocket(test.wsUrl);
    test.kernel.holdWatches = true;
    for (let count = 0; count <= 256; count += 1) {
      hasty.send({ type: 'chat.subscribe', conversationId: `w${count}`, id: `q${count}` });
    }
    expect(await hasty.next(({ type }) => type === 'chat.error')).toMatchObject({
      code: 'rate-limited',
      retryable: true,
      id: 'q256',
      conversationId: 'w256',
      requestId: expect.stringMatching(/^req_/),
    });
    test.kernel.releaseWatches();
    await hasty.next((one) => one['id'] === 'q255');
    hasty.socket.terminate();
  });

  it('S-21: 256 KiB is the limit; above it the client is told and that socket alone is closed', async () => {
    const big = await openTestSocket(test.wsUrl);
    const frame = (bytes: number) => {
      const empty = JSON.stringify({ type: 'invoke', surfaceId: 's', actionId: 'a', payload: '' });
      return empty.replace('""', `"${'x'.repeat(bytes - empty.length)}"`);
    };
    big.sendText(frame(256 * 1024));
    await big.next((one) => one['code'] === 'unknown-surface');
    big.sendText(frame(256 * 1024 + 1));
    expect(await big.closed).toBe(1009);
    expect(big.frames.at(-1)).toMatchObject({
      type: 'error',
      code: 'frame-too-large',
      requestId: expect.stringMatching(/^req_/),
    });
    expect(socket.socket.readyState).toBe(socket.socket.OPEN);
  });

  it('S-21: a flood of fragments closes that socket alone', async () => {
    const flood = await openTestSocket(test.wsUrl);
    for (let count = 0; count < 70; count += 1) flood.socket.send('x', { fin: false });
    expect(await flood.closed).toBe(1008);
  });

  it('L1: nor does it come to watch more by messages whose conversation is yet to be named', async () => {
    for (let count = 0; count < 1_000; count += 1) {
      socket.send({ type: 'chat.subscribe', conversationId: `c${count}` });
    }
    socket.send({ type: 'chat.send', message: 'hi', id: 'more' });
    expect(await socket.next(({ id }) => id === 'more')).toMatchObject({ type: 'chat.error' });
    socket.send({ type: 'chat.send', conversationId: 'c7', message: 'hi', id: 'known' });
    expect(await socket.next(({ id }) => id === 'known')).toMatchObject({ type: 'ack' });
  });

  it('L1: a socket watches a thousand conversations and no more', async () => {
    const greedy = await openTestSocket(test.wsUrl);
    for (let count = 0; count < 1_001; count += 1) {
      greedy.send({ type: 'chat.subscribe', conversationId: `g${count}` });
    }
    expect(await greedy.next(({ type }) => type === 'chat.error')).toMatchObject({ conversationId: 'g1000' });
    greedy.socket.terminate();
    await until('its watches are gone', () => {
      const unwatched = test.kernel.upFrames.filter(({ type }) => type === 'unwatch');
      return unwatched.length >= 1_000;
    });
  });
});

describe('the upgrade', () => {
  it.each([
    [{ origin: 'https://evil.example' }, 403, 'forbidden-origin'],
    [{ origin: 'null' }, 403, 'forbidden-origin'],
    [{ host: 'evil.example' }, 403, 'forbidden-host'],
    [{ 'x-forwarded-for': '1.2.3.4' }, 403, 'forbidden-host'],
  ])('S-20, S-02: %j is refused on both ports', async (headers, status, code) => {
    for (const url of [test.wsUrl, test.httpUrl.replace('http', 'ws')]) {
      const refused = await refusedUpgrade(url, headers as Record<string, string>);
      expect(refused).toMatchObject({ status, body: { code, requestId: expect.stringMatching(/^req_/) } });
      expect(refused.headers['x-content-type-options']).toBe('nosniff');
    }
  });

  it('an allowed origin and none at all may', async () => {
    const page = await openTestSocket(test.wsUrl, { origin: 'http://localhost:3000' });
    page.socket.terminate();
  });

  it("ruling 13: one's own user path is any path, another user's is refused", async () => {
    const own = await openTestSocket(`${test.wsUrl}/ws/user/usr_owner`);
    own.socket.terminate();
    expect((await refusedUpgrade(`${test.wsUrl}/ws/user/usr_other`)).status).toBe(403);
  });
});

describe('backpressure', () => {
  it('L1: a reader that stalls is dropped with 1013; others see everything', async () => {
    const reader = await openTestSocket(test.wsUrl);
    reader.send({ type: 'chat.subscribe', conversationId: 'big', id: 'r' });
    await reader.next(({ type }) => type === 'ack');
    const { port, hostname } = new URL(test.wsUrl);
    const stalled = connect(Number(port), hostname);
    stalled.on('error', () => undefined);
    stalled.write(
      `GET / HTTP/1.1\r\nHost: ${hostname}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`,
    );
    await new Promise((resolve) => stalled.once('data', resolve));
    const text = Buffer.from('{"type":"chat.subscribe","conversationId":"big"}');
    // Masked with zeros, so that the text stays readable here.
    stalled.write(Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), text]));
    await until(
      'both watch',
      () => test.kernel.upFrames.filter((f) => 'topic' in f && f.topic === 'turn:big').length === 2,
    );
    stalled.pause();
    const before = test.gateway.sockets.count;
    const turn = test.kernel.store.insert('big');
    test.kernel.begin(turn, 'go');
    const delta = 'x'.repeat(64 * 1024);
    const told = test.kernel.upFrames.length;
    const isDropped = () => test.kernel.upFrames.slice(told).some(({ type }) => type === 'unwatch');
    for (let count = 0; count < 400 && !isDropped(); count += 1) {
      test.kernel.emit(turn, 'text-delta', { delta });
      await pause(2);
    }
    expect(isDropped()).toBe(true);
    test.kernel.seal(turn);
    await until('the reader has all', () => reader.deltas().length === turn.events.length);
    await until('it is cut off', () => test.gateway.sockets.count === before - 1);
    stalled.destroy();
    reader.socket.terminate();
  });
});
