import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FakeTurn } from '../__fixtures__/fake-store.ts';
import { startTestGateway, type TestGateway } from '../__fixtures__/test-gateway.ts';
import { openTestSocket, type TestSocket } from '../__fixtures__/test-socket.ts';
import { pause, until } from '../__fixtures__/until.ts';

let test: TestGateway;
let sockets: TestSocket[];
beforeEach(async () => {
  sockets = [];
  test = await startTestGateway();
});
afterEach(async () => {
  for (const { socket } of sockets) socket.terminate();
  await test.stop();
});

async function open(url = test.wsUrl): Promise<TestSocket> {
  const socket = await openTestSocket(url);
  sockets.push(socket);
  await socket.next(({ type }) => type === 'catalog');
  return socket;
}

/** Starts a turn that goes on until the test seals it. */
async function runningTurn(conversationId = 'c'): Promise<FakeTurn> {
  const turn = test.kernel.store.insert(conversationId);
  test.kernel.begin(turn, 'a question');
  for (const delta of ['one ', 'two ']) test.kernel.emit(turn, 'text-delta', { delta });
  return turn;
}

const isSealed = (frame: { readonly [field: string]: unknown }) =>
  (frame['event'] as { type?: string } | undefined)?.type === 'turn-sealed';

/** Resolves when everything sent before has been carried out: pings are answered in order. */
async function settled(socket: TestSocket): Promise<void> {
  const from = socket.frames.length;
  socket.send({ type: 'ping' });
  await socket.next(({ type }) => type === 'pong', from);
  await pause(30);
}

describe('the first frames', () => {
  it('B.3: hello, then the catalog, on both ports and any path', async () => {
    for (const url of [test.wsUrl, test.httpUrl.replace('http', 'ws'), `${test.wsUrl}/any/path?x=1`]) {
      const socket = await open(url);
      expect(socket.frames[0]).toMatchObject({
        type: 'hello',
        bootId: test.gateway.services.kernel.welcome?.bootId,
        epoch: 'epoch-1',
        user: 'usr_owner',
        head: 0,
        resumed: false,
        heartbeatMs: 25_000,
        graceMs: 10_000,
        capabilities: ['turn-cursor', 'ack', 'idempotency', 'user-stream', 'batch'],
        limits: { frameBytes: 262_144, bodyBytes: 1_048_576, unsentBytes: 1_048_576 },
      });
      expect(socket.frames[1]).toEqual({ type: 'catalog', catalog: [] });
    }
  });
});

describe('watchers of one turn', () => {
  it('R9: see byte-identical frames, one from the start, one late, one by a cursor', async () => {
    const early = await open();
    early.send({ type: 'chat.subscribe', conversationId: 'c' });
    await settled(early);
    const turn = await runningTurn();
    const late = await open();
    late.send({ type: 'chat.subscribe', conversationId: 'c' });
    for (let index = 0; index < 50; index += 1) {
      test.kernel.emit(turn, 'text-delta', { delta: `ä${index} ` });
      if (index % 10 === 0) await pause(1);
    }
    const cursor = await open();
    cursor.send({ type: 'chat.subscribe', conversationId: 'c', turnId: turn.id, after: 9 });
    test.kernel.seal(turn);
    await Promise.all([early, late, cursor].map((socket) => socket.next(isSealed)));
    expect(late.deltas()).toEqual(early.deltas());
    expect(cursor.deltas()).toEqual(early.deltas().slice(10));
    expect(early.deltas()).toHaveLength(turn.events.length);
    expect(early.deltas().map((text) => JSON.parse(text).event)).toEqual(turn.events);
  });

  it('T7: leaving, by unsubscribe or by closing, stops nothing for the others and asks the kernel for nothing', async () => {
    const [stays, leaves, closes] = await Promise.all([open(), open(), open()]);
    for (const socket of [stays, leaves, closes])
      socket.send({ type: 'chat.subscribe', conversationId: 'c' });
    await Promise.all([stays, leaves, closes].map(settled));
    const turn = await runningTurn();
    await leaves.next((frame) => frame['n'] === 3);
    leaves.send({ type: 'chat.unsubscribe', conversationId: 'c' });
    closes.socket.terminate();
    await settled(leaves);
    const seen = leaves.deltas().length;
    test.kernel.emit(turn, 'text-delta', { delta: 'three' });
    test.kernel.seal(turn);
    await stays.next(isSealed);
    await settled(leaves);
    expect(leaves.deltas()).toHaveLength(seen);
    expect(stays.deltas()).toHaveLength(turn.events.length);
    expect(test.kernel.requests).toEqual([]);
  });
});

describe('chat.subscribe', () => {
  it('B.4.8: an idle conversation sends nothing; B.4.10: later turns all come', async () => {
    const socket = await open();
    socket.send({ type: 'chat.subscribe', conversationId: 'c' });
    await settled(socket);
    expect(socket.frames.map(({ type }) => type)).toEqual(['hello', 'catalog', 'pong']);
    for (let count = 0; count < 2; count += 1) {
      test.kernel.play(test.kernel.store.insert('c'), 'hi', ['x']);
    }
    await until('both turns', () => socket.deltas().length === 10);
  });

  it('B.4.9: twice is once; after unsubscribe it replays again', async () => {
    const turn = await runningTurn();
    const socket = await open();
    for (let count = 0; count < 3; count += 1) socket.send({ type: 'chat.subscribe', conversationId: 'c' });
    await settled(socket);
    expect(socket.positions().map((position) => position.split('/')[1])).toEqual(['0', '1', '2', '3']);
    socket.send({ type: 'chat.unsubscribe', conversationId: 'c' });
    socket.send({ type: 'chat.subscribe', conversationId: 'c' });
    await settled(socket);
    expect(socket.positions()).toHaveLength(8);
    test.kernel.seal(turn);
    await socket.next(isSealed);
    expect(socket.positions()).toHaveLength(10);
  });

  it('a cursor that cannot be served gets chat.reset, then what no cursor gets', async () => {
    const turn = await runningTurn();
    const socket = await open();
    socket.send({ type: 'chat.subscribe', conversationId: 'c', turnId: turn.id, after: 1_000, id: 's' });
    await socket.next(({ type }) => type === 'ack');
    const types = socket.frames.slice(2).map(({ type }) => type);
    expect(types).toEqual(['chat.reset', 'chat.delta', 'chat.delta', 'chat.delta', 'chat.delta', 'ack']);
  });

  it('an ack comes after the replay, and only to frames with an id', async () => {
    await runningTurn();
    const socket = await open();
    socket.send({ type: 'chat.subscribe', conversationId: 'c', id: 'a' });
    await socket.next(({ type }) => type === 'ack');
    socket.send({ type: 'chat.subscribe', conversationId: 'c', id: 'b' });
    socket.send({ type: 'unsubscribe', surfaceId: 'x', id: 'c' });
    socket.send({ type: 'chat.unsubscribe', conversationId: 'c', id: 'd' });
    socket.send({ type: 'chat.unsubscribe', conversationId: 'never', id: 'e' });
    socket.send({ type: 'client.hello', capabilities: ['later'], id: 'f' });
    socket.send({ type: 'client.hello' });
    await settled(socket);
    expect(socket.frames.slice(2, 6).map(({ type }) => type)).toEqual(Array(4).fill('chat.delta'));
    expect(socket.frames[6]).toEqual({ type: 'ack', id: 'a' });
    const acks = socket.frames.filter(({ type }) => type === 'ack').map(({ id }) => id);
    expect(acks.sort()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    expect(socket.frames).toHaveLength(2 + 4 + 6 + 1);
  });
});

describe('chat.send', () => {
  it('B.4.3: the sender sees the first event; blanks are kept and the ack has both ids', async () => {
    const socket = await open();
    socket.send({ type: 'chat.send', id: 's', conversationId: 'c', message: '  kept  ' });
    const ack = await socket.next(({ type }) => type === 'ack');
    await socket.next(isSealed);
    const [turn] = test.kernel.store.turns;
    expect(ack).toEqual({ type: 'ack', id: 's', conversationId: 'c', turnId: turn?.id });
    expect(socket.deltas().map((text) => JSON.parse(text).event)).toEqual(turn?.events);
    expect(turn?.events[0]).toMatchObject({ text: '  kept  ' });
    const watchAt = test.kernel.upFrames.findIndex(({ type }) => type === 'watch');
    expect(test.kernel.upFrames[watchAt]).not.toHaveProperty('after');
  });

  it.each([undefined, '', 5, null])(
    'B.4.2: with the id %j the kernel mints one, and no event is missed',
    async (id) => {
      const socket = await open();
      socket.send({ type: 'chat.send', message: 'hi', conversationId: id });
      await socket.next(isSealed);
      expect(socket.deltas()).toHaveLength(6);
      expect(test.kernel.store.turns[0]?.conversationId).toMatch(/^cnv_/);
    },
  );

  it('B.4.3: no event is missed of a turn that was over before the kernel read the watch', async () => {
    const socket = await open();
    test.kernel.holdWatches = true;
    socket.send({ type: 'chat.send', id: 's', conversationId: 'c', message: 'hi' });
    await socket.next(({ type }) => type === 'ack');
    const [turn] = test.kernel.store.turns;
    await until('the turn is over', () => turn?.events.at(-1)?.type === 'turn-sealed');
    expect(socket.deltas()).toEqual([]);
    test.kernel.releaseWatches();
    await socket.next(isSealed);
    expect(socket.deltas().map((text) => JSON.parse(text).event)).toEqual(turn?.events);
    await settled(socket);
    expect(socket.deltas()).toHaveLength(turn?.events.length ?? 0);
  });

  it('B.4.4: a refusal because a turn runs waits for the replay of it', async () => {
    await runningTurn();
    const socket = await open();
    test.kernel.holdWatches = true;
    socket.send({ type: 'chat.send', id: 's', conversationId: 'c', message: 'me too' });
    await until('the turn was asked for', () => test.kernel.requests.length === 1);
    await pause(50);
    expect(socket.frames.map(({ type }) => type)).toEqual(['hello', 'catalog']);
    test.kernel.releaseWatches();
    const refusal = await socket.next(({ type }) => type === 'chat.error');
    expect(socket.frames.indexOf(refusal)).toBe(6);
  });

  it('T7: leaving right behind a message takes back the watching, not the message', async () => {
    const socket = await open();
    test.kernel.holdWatches = true;
    socket.send({ type: 'chat.send', conversationId: 'c', message: 'hi', id: 'q' });
    socket.send({ type: 'chat.unsubscribe', conversationId: 'c' });
    expect(await socket.next((frame) => frame['id'] === 'q')).toMatchObject({
      type: 'ack',
      conversationId: 'c',
    });
    expect(test.kernel.store.ofConversation('c')).toHaveLength(1);
    expect(socket.positions()).toEqual([]);
  });

  it('B.4.4: while a turn runs it is refused after the replay, and the socket stays subscribed', async () => {
    const turn = await runningTurn();
    const socket = await open();
    socket.send({ type: 'chat.send', id: 's', conversationId: 'c', message: 'me too' });
    const refusal = await socket.next(({ type }) => type === 'chat.error');
    expect(refusal).toMatchObject({ id: 's', conversationId: 'c', code: 'turn-running', retryable: true });
    expect(socket.frames.indexOf(refusal)).toBe(6);
    test.kernel.seal(turn);
    await socket.next(isSealed);
  });

  it('a refusal of the kernel comes as chat.error with its code', async () => {
    const socket = await open();
    const send = { type: 'chat.send', conversationId: 'c', idempotencyKey: 'k', message: 'one' };
    socket.send(send);
    await socket.next(isSealed);
    socket.send({ ...send, message: 'two', id: 's' });
    expect(await socket.next(({ type }) => type === 'chat.error')).toMatchObject({
      code: 'idempotency-mismatch',
      conversationId: 'c',
      id: 's',
      requestId: 'req_kernel',
    });
    socket.send({ ...send, id: 't' });
    const ack = await socket.next(({ type }) => type === 'ack');
    expect(ack).toMatchObject({ id: 't', turnId: test.kernel.store.turns[0]?.id });
    expect(test.kernel.store.turns).toHaveLength(1);
  });
});

describe('a restart of the kernel', () => {
  it('R9: loses and repeats nothing for any watcher, and tells down and up', async () => {
    const [first, second] = await Promise.all([open(), open()]);
    for (const socket of [first, second]) socket.send({ type: 'chat.subscribe', conversationId: 'c' });
    await Promise.all([settled(first), settled(second)]);
    const turn = await runningTurn();
    await first.next((frame) => frame['n'] === 3);
    const late = await open();
    late.send({ type: 'chat.subscribe', conversationId: 'c' });
    await late.next((frame) => frame['n'] === 3);
    const told = () => first.frames.filter(({ type }) => type === 'status').map((frame) => frame['kernel']);
    for (let restart = 1; restart <= 3; restart += 1) {
      await test.restartKernel((next) => next.emit(turn, 'text-delta', { delta: `r${restart} ` }));
      test.kernel.emit(turn, 'text-delta', { delta: 'again ' });
      await until('down and up are told', () => told().length === 2 * restart);
    }
    test.kernel.dropLinks();
    test.kernel.seal(turn, 'interrupted');
    await Promise.all([first, second, late].map((socket) => socket.next(isSealed)));
    for (const socket of [first, second, late]) {
      expect(socket.deltas().map((text) => JSON.parse(text).event)).toEqual(turn.events);
    }
    expect(told().slice(0, 6)).toEqual(['down', 'up', 'down', 'up', 'down', 'up']);
  });

  it('R9: a whole turn that came and went while the link was down is not missed', async () => {
    const socket = await open();
    const before = test.kernel.store.insert('c');
    test.kernel.play(before, 'earlier', ['x']);
    for (const conversationId of ['c', 'new']) socket.send({ type: 'chat.subscribe', conversationId });
    await settled(socket);
    await test.restartKernel((next) => {
      for (const conversationId of ['c', 'new']) next.play(next.store.insert(conversationId), 'hi', ['y']);
    });
    await until('both turns are there', () => socket.deltas().length === 10);
    expect(socket.deltas().join()).not.toContain(before.id);
  });

  it('a new epoch sends every socket away to come back', async () => {
    const socket = await open();
    await test.restartKernel((next) => {
      next.store.epoch = 'epoch-2';
    });
    expect(await socket.closed).toBe(1012);
    expect(socket.frames.at(-1)).toMatchObject({ type: 'bye', code: 'epoch-changed', resume: true });
  });

  it('a catalog that changed is sent again', async () => {
    const socket = await open();
    const entry = { id: 's', region: 'side', title: 'S' };
    await test.restartKernel((next) => {
      next.surfaces.catalog = [entry];
    });
    expect(await socket.next(({ type }) => type === 'catalog', 2)).toEqual({
      type: 'catalog',
      catalog: [entry],
    });
  });

  it('a message sent while the kernel is away for longer is refused, not sent late', async () => {
    const socket = await open();
    test.kernel.kill();
    await socket.next((frame) => frame['kernel'] === 'down');
    const latecomer = await open();
    expect(latecomer.frames[2]).toEqual({ type: 'status', kernel: 'down' });
    socket.send({ type: 'chat.send', id: 's', conversationId: 'c', message: 'hi' });
    const refusal = await socket.next(({ type }) => type === 'chat.error');
    expect(refusal).toMatchObject({ id: 's', code: 'kernel-unavailable', retryable: true });
    await test.restartKernel();
    await socket.next((frame) => frame['kernel'] === 'up');
    await settled(socket);
    expect(test.kernel.store.turns).toEqual([]);
  });
});
