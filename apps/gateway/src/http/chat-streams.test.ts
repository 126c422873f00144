import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { FakeTurn } from '../__fixtures__/fake-store.ts';
import { startTestGateway, type TestGateway } from '../__fixtures__/test-gateway.ts';
import { openTestSocket, refusedUpgrade } from '../__fixtures__/test-socket.ts';
import { pause, until } from '../__fixtures__/until.ts';
import { type Limits, readLimits } from '../limits/limits.ts';

let test: TestGateway;
let turns: FakeTurn[];
let clients: Socket[];
afterEach(async () => {
  for (const client of clients) client.destroy();
  await test.stop();
});

/** Turns begin and go on until a test says otherwise. */
async function start(limits: Partial<Limits> = {}): Promise<void> {
  const config = {
    auth: { mode: 'token' },
    limits: { ...readLimits(undefined, 'token'), ...limits },
  } as const;
  turns = [];
  clients = [];
  test = await startTestGateway({ config });
  test.kernel.identity.allow('dsp_ann');
  test.kernel.identity.allow('dsp_bob', { userId: 'usr_bob' });
  test.kernel.onTurn = (turn, { message }) => {
    test.kernel.begin(turn, message);
    turns.push(turn);
  };
}

const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });

/** A client that reads nothing of its answer unless it is told to. */
function send(secret: string, conversationId: string): Socket {
  const body = JSON.stringify({ conversationId, message: 'hi' });
  const head = `POST /chat HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${secret}\r\nContent-Length: ${body.length}\r\n\r\n`;
  const client = connect(test.gateway.httpPort, '127.0.0.1');
  client.on('error', () => undefined).pause();
  client.write(head + body);
  clients.push(client);
  return client;
}

const post = (secret: string, conversationId: string) =>
  fetch(`${test.httpUrl}/chat`, {
    method: 'POST',
    headers: bearer(secret),
    body: JSON.stringify({ conversationId, message: 'hi' }),
  });

async function figure(name: string): Promise<number> {
  const line = (await test.gateway.services.metrics.text()).split('\n').find((one) => one.startsWith(name));
  return Number(line?.slice(line.lastIndexOf(' ')));
}
const STREAMS = 'dispatch_gateway_connections{kind="stream"}';
async function whenStreams(count: number): Promise<void> {
  for (let tries = 0; tries < 500 && (await figure(STREAMS)) !== count; tries += 1) await pause(10);
  expect(await figure(STREAMS)).toBe(count);
}
const UNSENT = 'dispatch_gateway_unsent_bytes';

describe('a stream of POST /chat', () => {
  it('L3: whose client left while its turn was started leaves nothing behind', async () => {
    await start();
    const { kernel, credentials } = test.gateway.services;
    const { rpc } = kernel;
    const request = rpc.request.bind(rpc);
    let client: Socket | undefined;
    rpc.request = async (asked) => {
      const answer = await request(asked);
      if (asked.path !== '/internal/turns') return answer;
      client?.destroy();
      await pause(100);
      return answer;
    };
    client = send('dsp_ann', 'c');
    await until('a turn', () => turns.length === 1);
    await pause(200);
    expect(await figure(STREAMS)).toBe(0);
    expect(credentials.size).toBe(0);
  });

  it('S-22: is one of the connections of its person, and starts no turn where there is no room for it', async () => {
    await start({ connectionsPerUser: 2 });
    const first = await post('dsp_ann', 'c1');
    await openTestSocket(test.wsUrl, bearer('dsp_ann'));
    const third = await post('dsp_ann', 'c3');
    expect(third.status).toBe(429);
    expect(await third.json()).toMatchObject({ code: 'rate-limited', retryAfterMs: 5_000 });
    expect(await refusedUpgrade(test.wsUrl, bearer('dsp_ann'))).toMatchObject({ status: 429 });
    expect((await post('dsp_bob', 'c4')).status).toBe(200);
    expect(turns.map(({ conversationId }) => conversationId)).toEqual(['c1', 'c4']);
    await first.body?.cancel();
    await whenStreams(1);
    expect((await post('dsp_ann', 'c3')).status).toBe(200);
  });

  it('S-23: that nobody reads counts among what waits for all clients, and is given up before that is too much', async () => {
    await start({ unsentBytes: 200_000 });
    const client = send('dsp_ann', 'c');
    await until('a turn', () => turns.length === 1);
    const [turn] = turns;
    if (turn === undefined) throw new Error('no turn');
    for (let tries = 0; tries < 500 && (await figure(UNSENT)) < 400_000; tries += 1) {
      test.kernel.emit(turn, 'text-delta', { delta: 'x'.repeat(60_000) });
      await pause(1);
    }
    let isGone = false;
    client.once('close', () => (isGone = true));
    await whenStreams(0);
    client.resume();
    await until('the end', () => isGone);
    expect(await figure('dispatch_gateway_slow_readers_dropped_total{kind="stream"}')).toBe(1);
  });

  it('S-23: so does any large answer', async () => {
    await start({ unsentBytes: 200_000 });
    test.kernel.onRequest = () => ({ status: 200, body: { chunks: ['x'.repeat(24_000_000)] } });
    const client = connect(test.gateway.httpPort, '127.0.0.1');
    clients.push(client);
    client.on('error', () => undefined).pause();
    client.write(`GET /conversations/c HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer dsp_ann\r\n\r\n`);
    const slow = 'dispatch_gateway_slow_readers_dropped_total{kind="answer"}';
    for (let tries = 0; tries < 200 && (await figure(slow)) !== 1; tries += 1) await pause(10);
    expect(await figure(slow)).toBe(1);
  });
});
