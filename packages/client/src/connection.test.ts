import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import {
  type Frame,
  HELLO,
  type ServerSocket,
  type SocketServer,
  startSocketServer,
} from './__fixtures__/socket-server.ts';
import { delta, TurnLog } from './__fixtures__/turn-log.ts';
import { platformClock } from './clock.ts';
import type { ConnectOptions } from './connect-options.ts';
import type { Connection } from './connection.ts';
import { createClient } from './create-client.ts';
import { isDispatchError } from './dispatch-error.ts';
import type { ChatReset } from './subscription-book.ts';

/** Real time, with pauses between tries too short to wait for. */
const hasty = { ...platformClock, fraction: () => 0.01 };

let server: SocketServer;
let connection: Connection;
beforeEach(async () => {
  server = await startSocketServer();
});
afterEach(async () => {
  connection?.close();
  await server.close();
});

function connect(options: ConnectOptions = {}, clock = hasty): Connection {
  connection = createClient({ url: server.url, WebSocket, clock }).connect(options);
  return connection;
}

/** The newest connection, once there are so many. */
async function socket(count = 1): Promise<ServerSocket> {
  await vi.waitFor(() => expect(server.sockets).toHaveLength(count), 5_000);
  return server.sockets[count - 1]!;
}

const typesOf = (frames: readonly Frame[]): string[] => frames.map(({ type }) => type);

describe('a connection', () => {
  it('is open when hello and catalog are there', async () => {
    const states: string[] = [];
    connect().onState(({ state }) => states.push(state));
    expect(connection.state).toBe('connecting');
    const hello = await connection.opened();
    expect(hello.bootId).toBe(HELLO['bootId']);
    expect(states).toEqual(['open']);
    connection.close();
    expect(states).toEqual(['open', 'closed']);
    await expect(connection.opened()).rejects.toMatchObject({ code: 'connection-closed' });
  });

  it('sends with a key and an id, and resolves with the ack of that id', async () => {
    server.onFrame = (frame, { send }) => {
      send({ type: 'ack', id: 'somebody-else', conversationId: 'c', turnId: 'trn_0' });
      send({ type: 'ack', id: frame['id'], conversationId: 'c', turnId: 'trn_1' });
    };
    connect();
    expect(await connection.send({ message: 'hi' })).toEqual({ conversationId: 'c', turnId: 'trn_1' });
    expect(server.sockets[0]?.received[0]).toMatchObject({
      type: 'chat.send',
      message: 'hi',
      idempotencyKey: expect.stringMatching(/^key_[0-9a-hjkmnp-tv-z]{26}$/),
    });
  });

  it('rejects a refused send with what the frame says', async () => {
    server.onFrame = (frame, { send }) =>
      send({
        type: 'chat.error',
        id: frame['id'],
        message: 'busy',
        code: 'turn-running',
        retryable: true,
        requestId: 'req_1',
      });
    connect();
    const error: unknown = await connection.send({ message: 'hi' }).catch((thrown: unknown) => thrown);
    expect(isDispatchError(error)).toBe(true);
    expect(error).toMatchObject({
      message: 'busy',
      code: 'turn-running',
      retryable: true,
      requestId: 'req_1',
    });
  });

  it('R1: writes an unanswered send again after a reconnect, with the same key', async () => {
    connect();
    await connection.opened();
    const sent = connection.send({ message: 'hi', conversationId: 'c' });
    const first = await socket();
    await vi.waitFor(() => expect(typesOf(first.received)).toEqual(['chat.send']), 10_000);
    server.onFrame = (frame, { send }) =>
      send({ type: 'ack', id: frame['id'], conversationId: 'c', turnId: 'trn_0' });
    first.cut();
    expect(await sent).toEqual({ conversationId: 'c', turnId: 'trn_0' });
    expect((await socket(2)).received[0]).toEqual(first.received[0]);
  });

  it('R1: asks for the whole turn when its send was answered only after a reconnect', async () => {
    connect();
    const seen: unknown[] = [];
    connection.subscribe('c', {}, (_event, position) => seen.push(position));
    const sent = connection.send({ message: 'hi', conversationId: 'c' });
    const first = await socket();
    await vi.waitFor(() => expect(typesOf(first.received)).toEqual(['chat.subscribe', 'chat.send']), 10_000);
    // The turn ran and was sealed while the line was down.
    const log = new TurnLog('c', 3);
    for (let i = 0; i < 3; i += 1) log.next();
    server.onFrame = (frame, to) => {
      if (frame.type === 'chat.send') {
        to.send({ type: 'ack', id: frame['id'], conversationId: 'c', turnId: 'trn_0' });
      }
      if (frame.type === 'chat.subscribe') log.replay(frame, to);
    };
    first.cut();
    await sent;
    await vi.waitFor(() => expect(seen).toEqual([0, 1, 2].map((n) => ({ turnId: 'trn_0', n }))), 10_000);
  });

  it('keeps sends made offline, in order, 200 at the most', async () => {
    connect();
    const sends = Array.from({ length: 200 }, (_, index) => connection.send({ message: `${index}` }));
    await expect(connection.send({ message: 'one too many' })).rejects.toMatchObject({ code: 'queue-full' });
    server.onFrame = (frame, { send }) =>
      send({ type: 'ack', id: frame['id'], conversationId: 'c', turnId: `trn_${String(frame['message'])}` });
    const turns = await Promise.all(sends);
    expect(turns.map(({ turnId }) => turnId)).toEqual(sends.map((_, index) => `trn_${index}`));
  });

  it('R1: gives every event once and in order, however often the line breaks', async () => {
    const log = new TurnLog('c', 40);
    const subscribed = new Set<ServerSocket>();
    server.onFrame = (frame, to) => {
      if (frame.type !== 'chat.subscribe') return;
      log.replay(frame, to);
      subscribed.add(to);
    };
    const seen: unknown[] = [];
    connect().subscribe('c', { turnId: 'trn_0', after: -1 }, (_event, { turnId, n }) =>
      seen.push(`${turnId}:${n}`),
    );
    for (let index = 0; index < 200; index += 1) {
      const frame = log.next();
      for (const to of subscribed) {
        to.send(frame);
        if (index % 5 === 0) to.send(frame);
      }
      if (index % 13 === 12) {
        for (const to of subscribed) to.cut();
        subscribed.clear();
      }
      if (index % 3 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    }
    const expected = log.frames.map(({ turn, n }) => `trn_${turn}:${n}`);
    await vi.waitFor(() => expect(seen.length).toBeGreaterThanOrEqual(200), 10_000);
    expect(seen).toEqual(expected);
    expect(server.sockets.length).toBeGreaterThan(3);
  });

  it('asks again when an index is missing, and drops what was under way', async () => {
    const log = new TurnLog('c', 100);
    const frames = Array.from({ length: 8 }, () => log.next());
    let asked = 0;
    server.onFrame = (frame, to) => {
      if (frame.type !== 'chat.subscribe') return;
      asked += 1;
      // The first answer lacks 3, and 6 and 7 are on their way before the second question arrives.
      if (asked === 1) to.send(...frames.filter((_, n) => n !== 3));
      else log.replay(frame, to);
    };
    const seen: unknown[] = [];
    connect().subscribe('c', {}, (_event, { n }) => seen.push(n));
    await vi.waitFor(() => expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7]), 10_000);
    const { received } = await socket();
    expect(typesOf(received)).toEqual(['chat.subscribe', 'chat.unsubscribe', 'chat.subscribe']);
    expect(received[2]).toMatchObject({ turnId: 'trn_0', after: 2 });
  });

  it('R2: tells the subscriber of a reset and then takes the events from the start', async () => {
    const resets: ChatReset[] = [];
    const seen: unknown[] = [];
    server.onFrame = (_frame, { send }) =>
      send(
        { type: 'chat.reset', conversationId: 'c', turnId: 'trn_1', reason: 'ahead' },
        delta('c', 'trn_1', 0),
        delta('c', 'trn_1', 1),
      );
    const options = { turnId: 'trn_1', after: 4, onReset: (reset: ChatReset) => resets.push(reset) };
    const subscription = connect().subscribe('c', options, (_event, position) => seen.push(position));
    await vi.waitFor(() => expect(seen).toHaveLength(2), 10_000);
    expect(resets).toEqual([{ conversationId: 'c', turnId: 'trn_1', reason: 'ahead' }]);
    expect(subscription.cursor).toEqual({ turnId: 'trn_1', after: 1 });
  });

  it('says so when turns may have passed unseen before the first event', async () => {
    const resets: ChatReset[] = [];
    connect().subscribe('c', { onReset: (reset) => resets.push(reset) }, () => undefined);
    const first = await socket();
    await vi.waitFor(() => expect(first.received).toHaveLength(1), 10_000);
    expect(resets).toEqual([]);
    first.cut();
    await vi.waitFor(() => expect(resets).toEqual([{ conversationId: 'c', reason: 'no-cursor' }]), 10_000);
  });

  it('goes on after unsubscribing where the cursor stood', async () => {
    const log = new TurnLog('c', 10);
    for (let i = 0; i < 4; i += 1) log.next();
    server.onFrame = (frame, to) => {
      if (frame.type === 'chat.subscribe') log.replay(frame, to);
    };
    const seen: unknown[] = [];
    const subscription = connect().subscribe('c', {}, (_event, { n }) => seen.push(n));
    await vi.waitFor(() => expect(seen).toHaveLength(4), 10_000);
    expect(() => connection.subscribe('c', {}, () => undefined)).toThrow(/already has a subscriber/);
    subscription.unsubscribe();
    log.next();
    connection.subscribe('c', { ...subscription.cursor }, (_event, { n }) => seen.push(n));
    await vi.waitFor(() => expect(seen).toEqual([0, 1, 2, 3, 4]), 10_000);
  });
});

describe('a connection that ends', () => {
  it.each([1001, 1012, 1013])('R7: comes back after close code %i', async (code) => {
    connect();
    await connection.opened();
    (await socket()).close(code);
    await socket(2);
    await connection.opened();
  });

  it.each([1008, 1011, 4401])('R7: stops for good after close code %i and says why', async (code) => {
    connect();
    await connection.opened();
    const waiting = connection.send({ message: 'hi' });
    (await socket()).close(code);
    await expect(waiting).rejects.toMatchObject({ code: 'connection-closed' });
    expect(connection.state).toBe('closed');
    await expect(connection.opened()).rejects.toThrow(String(code));
    await expect(connection.send({ message: 'too late' })).rejects.toThrow(String(code));
  });

  it('R7: says in words why it stopped, as the bye and the table of codes have it', async () => {
    connect();
    await connection.opened();
    const first = await socket();
    first.send({ type: 'bye', code: 'signed-out', resume: false });
    first.close(4401);
    await vi.waitFor(() => expect(connection.state).toBe('closed'), 10_000);
    await expect(connection.opened()).rejects.toThrow(/\(4401, signed-out\).*sign in again/);
  });

  it('R8: waits as long as bye asks, and not at all when it forbids to come back', async () => {
    connect();
    await connection.opened();
    const changes = new Promise<number | undefined>((resolve) => {
      connection.onState(({ state, retryInMs }) => state === 'waiting' && resolve(retryInMs));
    });
    const first = await socket();
    first.send({ type: 'bye', code: 'draining', resume: true, retryAfterMs: 300 });
    first.close(1012);
    expect(await changes).toBe(300);
    const second = await socket(2);
    await connection.opened();
    second.send({ type: 'bye', code: 'replaced', resume: false });
    second.close(1001);
    await vi.waitFor(() => expect(connection.state).toBe('closed'), 10_000);
  });
});
