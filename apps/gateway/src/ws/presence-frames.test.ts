import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { problem } from '../__fixtures__/fake-answer.ts';
import { startTestGateway, type TestGateway } from '../__fixtures__/test-gateway.ts';
import { openTestSocket, type TestSocket } from '../__fixtures__/test-socket.ts';
import { until } from '../__fixtures__/until.ts';

const ME = 'usr_owner';
const PRESENCE = { userId: ME, online: true, statusText: null, lastSeenAt: 1 };

let test: TestGateway;
const open: TestSocket[] = [];
beforeEach(async () => {
  test = await startTestGateway();
});
afterEach(async () => {
  for (const { socket } of open.splice(0)) socket.terminate();
  await test.stop();
});

async function connect(query = ''): Promise<TestSocket> {
  const socket = await openTestSocket(`${test.wsUrl}${query}`);
  open.push(socket);
  await socket.next(({ type }) => type === 'catalog');
  return socket;
}

const said = (type: string) => test.kernel.upFrames.filter((frame) => frame.type === type);
const connOf = (index: number) => (said('opened')[index] as { conn: string } | undefined)?.conn ?? '';
const update = (statusText: string) =>
  test.kernel.tell({ users: [ME], frame: { type: 'presence.update', users: [{ ...PRESENCE, statusText }] } });
const snapshot = (index: number) =>
  test.kernel.tell({
    users: [ME],
    conn: connOf(index),
    frame: { type: 'presence.snapshot', users: [PRESENCE] },
  });

describe('presence', () => {
  it('P2: the kernel is told of each connection once, and of its end', async () => {
    const socket = await connect();
    await connect();
    await until('both are told', () => said('opened').length === 2);
    expect(said('opened')).toEqual(
      [0, 1].map((index) => ({ type: 'opened', userId: ME, conn: connOf(index) })),
    );
    expect(connOf(0)).not.toBe(connOf(1));
    socket.socket.terminate();
    await until('the end is told', () => said('closed').length === 1);
    expect(said('closed')).toEqual([{ type: 'closed', userId: ME, conn: connOf(0) }]);
  });

  it('no update comes before the snapshot of its connection, and none behind it is lost', async () => {
    const [early, late] = [await connect(), await connect()];
    await until('both are told', () => said('opened').length === 2);
    snapshot(0);
    update('before');
    snapshot(1);
    update('behind');
    const isLast = (frame: { readonly [field: string]: unknown }) => JSON.stringify(frame).includes('behind');
    await Promise.all([early.next(isLast), late.next(isLast)]);
    const types = ({ frames }: TestSocket) =>
      frames.map(({ type }) => type).filter((type) => type.startsWith('presence.'));
    expect(types(early)).toEqual(['presence.snapshot', 'presence.update', 'presence.update']);
    expect(types(late)).toEqual(['presence.snapshot', 'presence.update']);
  });

  it('P3: another kernel is told of what is open, and of nothing that is not', async () => {
    const [stays, leaves] = [await connect(), await connect()];
    await until('both are told', () => said('opened').length === 2);
    test.kernel.kill();
    leaves.socket.terminate();
    await until('it is gone', () => test.gateway.sockets.count === 1);
    await test.restartKernel();
    await until('it is told again', () => said('opened').length === 1);
    snapshot(0);
    expect(await stays.next(({ type }) => type === 'presence.snapshot')).toMatchObject({ users: [PRESENCE] });
    expect(said('closed')).toEqual([]);
  });

  it('E5: a text goes to the kernel as the connection’s user alone; a refusal comes back with its code', async () => {
    const socket = await connect();
    socket.send({
      type: 'presence.status',
      id: '1',
      statusText: ' Out ',
      userId: 'usr_other',
      online: false,
    });
    await socket.next(({ type, id }) => type === 'ack' && id === '1');
    expect(test.kernel.requests.at(-1)).toMatchObject({
      method: 'PUT',
      path: '/me/status',
      body: '{"statusText":"Out"}',
    });
    test.kernel.onRequest = () => ({ status: 507, body: problem('storage-full') });
    socket.send({ type: 'presence.status', id: '2', statusText: null });
    expect(await socket.next(({ id }) => id === '2')).toMatchObject({ type: 'error', code: 'storage-full' });
    socket.send({ type: 'presence.status', id: '3', statusText: 'a\u0000' });
    expect(await socket.next(({ id }) => id === '3')).toMatchObject({ code: 'invalid-request' });
  });

  it('CO7: the deprecated alias is answered, its text counts and its bit does not', async () => {
    const socket = await connect();
    socket.send({ type: 'presence.update', id: '1', status: 'online' });
    await socket.next(({ type, id }) => type === 'ack' && id === '1');
    expect(test.kernel.requests.filter(({ path }) => path === '/me/status')).toEqual([]);
    socket.send({ type: 'presence.update', id: '2', status: { online: false }, statusText: 'Out' });
    await socket.next(({ type, id }) => type === 'ack' && id === '2');
    expect(test.kernel.requests.at(-1)?.body).toBe('{"statusText":"Out"}');
    expect(said('closed')).toEqual([]);
  });
});

it('CO7: a deprecated frame is logged once for each connection, without what it says', async () => {
  const lines: string[] = [];
  const logging = await startTestGateway({
    parts: { log: pino({ level: 'warn' }, { write: (line) => void lines.push(line) }) },
  });
  for (let client = 0; client < 2; client += 1) {
    const socket = await openTestSocket(logging.wsUrl);
    for (const id of ['1', '2', '3']) {
      socket.send({ type: 'presence.update', id, statusText: 'text-canary' });
      await socket.next((frame) => frame['id'] === id);
    }
    socket.socket.terminate();
  }
  await logging.stop();
  const told = lines.map((line) => JSON.parse(line)).filter(({ deprecated }) => deprecated !== undefined);
  expect(told).toHaveLength(2);
  expect(told[0]).toMatchObject({ deprecated: 'presence.update', requestId: expect.stringMatching(/^req_/) });
  expect(lines.join('')).not.toContain('text-canary');
});

describe('tabs', () => {
  it('WS5 R6: a second socket of a tab takes the place of the first before it gets anything', async () => {
    const first = await connect('/?tab=t1');
    first.send({ type: 'chat.subscribe', conversationId: 'c', id: 's' });
    await first.next(({ type }) => type === 'ack');
    const other = await connect('/ws?tab=t2');
    const second = await openTestSocket(`${test.wsUrl}/ws?tab=t1`);
    open.push(second);
    await second.next(({ type }) => type === 'hello');
    await until('the third is told', () => said('opened').length === 3);
    const order = test.kernel.upFrames.map(({ type }) => type);
    expect(order.indexOf('unwatch')).toBeGreaterThan(0);
    expect(order.indexOf('unwatch')).toBeLessThan(order.lastIndexOf('opened'));
    expect(await first.closed).toBe(4409);
    expect(first.frames.at(-1)).toEqual({ type: 'bye', code: 'replaced', resume: false });
    second.send({ type: 'ping', id: 'p' });
    await second.next(({ type }) => type === 'ack');
    expect(other.socket.readyState).toBe(other.socket.OPEN);
    expect(test.gateway.sockets.count).toBe(2);
  });

  it('WS5: `client.hello` says the tab too; saying it again, or leaving, changes nothing for others', async () => {
    const first = await connect();
    for (const id of ['1', '2']) {
      first.send({ type: 'client.hello', tab: 't1', id });
      await first.next((frame) => frame['id'] === id);
    }
    const second = await connect();
    second.send({ type: 'client.hello', tab: 't1', id: '1' });
    await second.next(({ type }) => type === 'ack');
    expect(await first.closed).toBe(4409);
    // Another tab from here on: the first name is free.
    second.send({ type: 'client.hello', tab: 't2', id: '2' });
    await second.next((frame) => frame['id'] === '2');
    const third = await connect('/?tab=t1');
    third.send({ type: 'ping', id: 'p' });
    await third.next(({ type }) => type === 'ack');
    expect(second.socket.readyState).toBe(second.socket.OPEN);
  });

  it('WS5: a name that is none counts as not said', async () => {
    const sockets = [
      await connect('/?tab='),
      await connect('/?tab='),
      await connect(`/?tab=${'x'.repeat(129)}`),
    ];
    sockets.push(await connect(`/?tab=${'x'.repeat(129)}`), await connect('//?tab'));
    for (const { socket } of sockets) expect(socket.readyState).toBe(socket.OPEN);
    expect(test.gateway.sockets.count).toBe(5);
  });
});

describe('typing', () => {
  it('P4: sixty a minute over all tabs, told when it may go on, and sending is not blocked', async () => {
    const [one, other] = [await connect(), await connect()];
    for (let count = 0; count < 60; count += 1) {
      const socket = count % 2 === 0 ? one : other;
      socket.send({
        type: count % 4 < 2 ? 'typing.start' : 'typing.stop',
        channelId: 'chn_x',
        id: `${count}`,
      });
      expect(await socket.next(({ id }) => id === `${count}`)).toMatchObject({
        type: 'error',
        code: 'not-found',
      });
    }
    for (const socket of [one, other]) {
      socket.send({ type: 'typing.start', channelId: 'chn_x', id: 'over' });
      const refused = await socket.next(({ id }) => id === 'over');
      expect(refused).toMatchObject({ type: 'error', code: 'rate-limited', retryable: true });
      expect(refused['retryAfterMs']).toBeGreaterThan(0);
      expect(refused['retryAfterMs']).toBeLessThanOrEqual(1_000);
    }
    one.send({ type: 'chat.send', conversationId: 'c', message: 'hi', id: 'send' });
    expect(await one.next(({ id }) => id === 'send')).toMatchObject({ type: 'ack', conversationId: 'c' });
  });
});
