import { connect } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { slowClock } from '../__fixtures__/slow-clock.ts';
import { startTestGateway, type TestGateway, type TestGatewayOptions } from '../__fixtures__/test-gateway.ts';
import { openTestSocket, refusedUpgrade, type TestSocket } from '../__fixtures__/test-socket.ts';
import { pause, until } from '../__fixtures__/until.ts';
import { drainWindow } from '../ws/sockets.ts';
import { type Limits, readLimits } from './limits.ts';

let test: TestGateway;
afterEach(() => test.stop());

async function start(limits: Partial<Limits> = {}, parts: TestGatewayOptions['parts'] = {}): Promise<void> {
  const config = {
    auth: { mode: 'token' },
    limits: { ...readLimits(undefined, 'token'), ...limits },
  } as const;
  test = await startTestGateway({ config, parts });
  test.kernel.identity.allow('dsp_ann');
  test.kernel.identity.allow('dsp_bob', { userId: 'usr_bob' });
}

const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });
const ready = (socket: TestSocket) => socket.next(({ type }) => type === 'catalog');
const get = (secret: string) => fetch(`${test.httpUrl}/models`, { headers: bearer(secret) });

it('WS6: tells its limits in hello; refuses frames over them one by one, with the time to wait', async () => {
  await start();
  const socket = await openTestSocket(test.wsUrl, bearer('dsp_ann'));
  const { limits } = await socket.next(({ type }) => type === 'hello');
  expect(limits).toMatchObject({
    messagesPerMinute: 100,
    messageBurst: 60,
    connectionsPerUser: 20,
    requestsPerMinute: 600,
  });
  for (let index = 0; index < 61; index += 1) socket.send({ type: 'ping', id: `p${index}` });
  const refused = await socket.next(({ type }) => type === 'error');
  expect(refused).toMatchObject({ code: 'rate-limited', id: 'p60', retryable: true });
  expect(refused['retryAfterMs']).toBeGreaterThan(0);
  expect(socket.frames.filter(({ type }) => type === 'pong')).toHaveLength(60);
  expect(socket.socket.readyState).toBe(socket.socket.OPEN);
});

it('L2: a flood is closed with 1013 and may come back; another person notices nothing', async () => {
  await start();
  const [ann, bob] = await Promise.all([
    openTestSocket(test.wsUrl, bearer('dsp_ann')),
    openTestSocket(test.wsUrl, bearer('dsp_bob')),
  ]);
  await Promise.all([ready(ann), ready(bob)]);
  for (let index = 0; index < 5_000; index += 1)
    ann.send({ type: 'chat.subscribe', conversationId: `c${index}` });
  bob.send({ type: 'ping' });
  await bob.next(({ type }) => type === 'pong');
  expect(await ann.closed).toBe(1013);
  expect(ann.frames.at(-1)).toMatchObject({ type: 'bye', code: 'rate-limited', resume: true });
  expect(ann.frames.at(-1)?.['retryAfterMs']).toBeGreaterThanOrEqual(10_000);
  expect(ann.frames.filter(({ type }) => type === 'chat.error').length).toBeLessThan(400);
  const figures = await test.gateway.services.metrics.text();
  expect(Number(/rate_limit_hits_total\{limit="messages"\} (\d+)/.exec(figures)?.[1])).toBeLessThan(400);
  await ready(await openTestSocket(test.wsUrl, bearer('dsp_ann')));
});

it('S-22: a person has so many connections and no more; one that is closed makes room', async () => {
  await start({ connectionsPerUser: 2 });
  const [first] = await Promise.all([
    openTestSocket(test.wsUrl, bearer('dsp_ann')),
    openTestSocket(test.wsUrl, bearer('dsp_ann')),
  ]);
  const refused = await refusedUpgrade(test.wsUrl, bearer('dsp_ann'));
  expect(refused).toMatchObject({ status: 429, body: { code: 'rate-limited', retryAfterMs: 5_000 } });
  expect(refused.headers['retry-after']).toBe('5');
  await ready(await openTestSocket(test.wsUrl, bearer('dsp_bob')));
  first.socket.close();
  await first.closed;
  await ready(await openTestSocket(test.wsUrl, bearer('dsp_ann')));
});

it('RT-23: a stampede of strangers is told to wait, and who comes back gets in', async () => {
  await start({ connectionsPerSecond: 4 }, { clock: slowClock(10) });
  const answers = await Promise.all(
    Array.from({ length: 12 }, () => refusedUpgrade(test.wsUrl, bearer('dsp_wrong'))),
  );
  const turnedAway = answers.filter(({ status }) => status === 503);
  expect(turnedAway.length).toBeGreaterThanOrEqual(6);
  for (const { body, headers } of turnedAway) {
    expect(body).toMatchObject({ code: 'overloaded', retryable: true });
    expect(headers['retry-after']).toBe('1');
  }
  await ready(await openTestSocket(`${test.wsUrl}/?resume=e.1`, bearer('dsp_ann')));
});

it('S-26: requests are limited by person and by address, and one is told before it is too late', async () => {
  await start({ requestsPerMinute: 2, requestsPerMinutePerAddress: 6 });
  const first = await get('dsp_ann');
  expect(first.headers.get('ratelimit-policy')).toBe('"person";q=2;w=60');
  expect(first.headers.get('ratelimit')).toMatch(/^"person";r=1;t=\d+$/);
  await get('dsp_ann');
  const refused = await get('dsp_ann');
  expect([refused.status, await refused.json()]).toMatchObject([429, { code: 'rate-limited' }]);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await get('dsp_bob')).status).toBe(200);
  await get('dsp_wrong');
  await get('dsp_wrong');
  const stranger = await get('dsp_wrong');
  expect([stranger.status, stranger.headers.get('ratelimit-policy')]).toEqual([429, '"address";q=6;w=60']);
  expect((await fetch(`${test.httpUrl}/health`)).status).toBe(200);
});

it('L1: the process takes no more connections than it has room for, and goes on serving those', async () => {
  await start({ connections: 1 });
  const socket = await openTestSocket(test.wsUrl, bearer('dsp_ann'));
  expect(await refusedUpgrade(test.wsUrl, bearer('dsp_bob'))).toMatchObject({ status: 503 });
  const { port, hostname } = new URL(test.httpUrl);
  const idle = Array.from({ length: 150 }, () => connect({ port: Number(port), host: hostname }));
  let ended = 0;
  for (const one of idle) {
    one
      .on('error', () => undefined)
      .once('close', () => {
        ended += 1;
      });
  }
  await until('those without room are closed', () => ended >= 50);
  await pause(500);
  expect(ended).toBe(50);
  socket.send({ type: 'ping' });
  await socket.next(({ type }) => type === 'pong');
  for (const one of idle) one.destroy();
});

it('RT-22: the drain is spread by how many there are, and within the time a shutdown has', () => {
  expect([0, 1, 40, 200, 1_000, 5_000].map(drainWindow)).toEqual([200, 200, 200, 1_000, 5_000, 8_000]);
});

/** So many times as long takes the drain, so that a late timer does not count. */
const SLOWER = 10;

it('RT-22: clients leave one after the other, each told a moment of its own to come back', async () => {
  await start({ connectionsPerUser: 100 }, { clock: slowClock(SLOWER) });
  const sockets = await Promise.all(
    Array.from({ length: 60 }, () => openTestSocket(test.wsUrl, bearer('dsp_ann'))),
  );
  await Promise.all(sockets.map(ready));
  const since = performance.now();
  const closedAt = sockets.map(({ closed }) =>
    closed.then((code) => ({ code, at: performance.now() - since })),
  );
  const drained = test.gateway.drain();
  const ends = await Promise.all(closedAt);
  await drained;
  expect(new Set(ends.map(({ code }) => code))).toEqual(new Set([1012]));
  const half = ends.filter(({ at }) => at < 150 * SLOWER).length;
  expect(half).toBeGreaterThan(10);
  expect(half).toBeLessThan(50);
  const retries = sockets.map(({ frames }) => Number(frames.at(-1)?.['retryAfterMs']));
  expect(Math.min(...retries)).toBeGreaterThanOrEqual(250);
  expect(Math.max(...retries)).toBeLessThanOrEqual(2_000);
  expect(new Set(retries).size).toBeGreaterThan(30);
});

it('L2: a flood of typing is closed, too, and a busy typist is not', async () => {
  await start();
  const [ann, bob] = await Promise.all([
    openTestSocket(test.wsUrl, bearer('dsp_ann')),
    openTestSocket(test.wsUrl, bearer('dsp_bob')),
  ]);
  await Promise.all([ready(ann), ready(bob)]);
  for (let index = 0; index < 5_000; index += 1) ann.send({ type: 'typing.start', channelId: 'chn_x' });
  for (let index = 0; index < 150; index += 1) bob.send({ type: 'typing.start', channelId: 'chn_x' });
  bob.send({ type: 'ping', id: 'sent' });
  await bob.next(({ id, type }) => type === 'ack' && id === 'sent');
  expect(await ann.closed).toBe(1013);
  expect(ann.frames.at(-1)).toMatchObject({ type: 'bye', code: 'rate-limited', resume: true });
  expect(bob.socket.readyState).toBe(bob.socket.OPEN);
});

it('S-22: silent connections of one address leave room for others', async () => {
  await start({ connections: 20, connectionsPerAddress: 5 });
  let closed = 0;
  const silent = Array.from({ length: 150 }, () => {
    const socket = connect({ port: test.gateway.httpPort, host: '127.0.0.1' });
    return socket
      .resume()
      .on('error', () => undefined)
      .on('close', () => (closed += 1));
  });
  try {
    await until('those beyond its share are closed', () => closed === 45);
    const elsewhere = connect({ port: test.gateway.httpPort, host: '127.0.0.1', localAddress: '127.0.0.2' });
    elsewhere.end('GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    let answer = '';
    for await (const bytes of elsewhere) answer += String(bytes);
    expect(answer).toMatch(/^HTTP\/1.1 200 /);
  } finally {
    for (const socket of silent) socket.destroy();
  }
});
