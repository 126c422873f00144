import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../__fixtures__/test-gateway.ts';
import { type Frame, openTestSocket, type TestSocket } from '../__fixtures__/test-socket.ts';
import { pause, until } from '../__fixtures__/until.ts';

let test: TestGateway;
let sockets: TestSocket[];
beforeEach(async () => {
  sockets = [];
  test = await startTestGateway();
  test.kernel.surfaces.add('all', 'global');
  test.kernel.surfaces.add('one', 'conversation');
  test.kernel.pushCatalog();
  await until('the catalog', () => test.gateway.services.kernel.catalog.length === 2);
});
afterEach(async () => {
  for (const { socket } of sockets) socket.terminate();
  await test.stop();
});

async function open(): Promise<TestSocket> {
  const socket = await openTestSocket(test.wsUrl);
  sockets.push(socket);
  await socket.next(({ type }) => type === 'catalog');
  return socket;
}

async function subscribed(focus: object): Promise<TestSocket> {
  const socket = await open();
  socket.send({ type: 'subscribe', id: 'first', ...focus });
  await socket.next(({ id }) => id === 'first');
  return socket;
}

/** Resolves when everything sent before has been carried out: pings are answered in order. */
async function settled(socket: TestSocket): Promise<void> {
  const from = socket.frames.length;
  socket.send({ type: 'ping' });
  await socket.next(({ type }) => type === 'pong', from);
  await pause(30);
}

const aboutSurfaces = (socket: TestSocket): Frame[] =>
  socket.frames.slice(2).filter(({ type }) => type !== 'pong' && type !== 'status' && type !== 'ping');
const types = (socket: TestSocket): string[] => aboutSurfaces(socket).map(({ type }) => type);
const watches = () => test.kernel.upFrames.filter(({ type }) => type === 'watch').length;
const unwatches = () => test.kernel.upFrames.filter(({ type }) => type === 'unwatch').length;

describe('subscriptions of surfaces', () => {
  it('U2: the surface, its ack, then updates, each with the conversation it is of', async () => {
    const socket = await subscribed({ surfaceId: 'one', conversationId: 'c:1%' });
    test.kernel.update('one', 'c:1%');
    await socket.next(({ type }) => type === 'update');
    expect(types(socket)).toEqual(['surface', 'ack', 'update']);
    const [surface, , update] = aboutSurfaces(socket);
    expect(surface).toMatchObject({ conversationId: 'c:1%', spec: { id: 'one' } });
    expect(update).toMatchObject({ update: { surfaceId: 'one', conversationId: 'c:1%' } });
  });

  it('U3: updates of a conversation go to its subscribers and to nobody else', async () => {
    const mine = await subscribed({ surfaceId: 'one', conversationId: 'c' });
    const other = await subscribed({ surfaceId: 'one', conversationId: 'd' });
    const none = await subscribed({ surfaceId: 'one' });
    test.kernel.update('one', 'c');
    await mine.next(({ type }) => type === 'update');
    await Promise.all([settled(other), settled(none)]);
    expect([types(other), types(none)]).toEqual([
      ['surface', 'ack'],
      ['surface', 'ack'],
    ]);
  });

  it('B.1: asked for again it is sent again, and stays one subscription; leaving leaves exactly that pair', async () => {
    const socket = await subscribed({ surfaceId: 'one', conversationId: 'c' });
    for (const id of ['a', 'b'])
      socket.send({ type: 'subscribe', surfaceId: 'one', conversationId: 'c', id });
    socket.send({ type: 'subscribe', surfaceId: 'one', conversationId: 'd' });
    await socket.next(({ id }) => id === 'b');
    await until('both', () => types(socket).filter((type) => type === 'surface').length === 4);
    test.kernel.update('one', 'c');
    await socket.next(({ type }) => type === 'update');
    socket.send({ type: 'unsubscribe', surfaceId: 'one', conversationId: 'c', id: 'left' });
    await settled(socket);
    test.kernel.update('one', 'c');
    test.kernel.update('one', 'd');
    const last = await socket.next(({ update }) => (update as Frame)?.['conversationId'] === 'd');
    expect(socket.frames.at(-1)).toBe(last);
    expect(types(socket).filter((type) => type === 'update')).toHaveLength(2);
    expect(watches() - unwatches()).toBe(1);
  });

  it('ruling 14: a global surface is one subscription whatever id is given, without an echo', async () => {
    const socket = await open();
    for (const id of ['x', 'y', undefined]) {
      socket.send({ type: 'subscribe', surfaceId: 'all', id: `s-${id}`, ...(id && { conversationId: id }) });
      await socket.next((frame) => frame['id'] === `s-${id}`);
    }
    test.kernel.update('all');
    await socket.next(({ type }) => type === 'update');
    socket.send({ type: 'invoke', surfaceId: 'all', actionId: 'a', conversationId: 'x', id: 'i' });
    await socket.next(({ id }) => id === 'i');
    expect(types(socket).filter((type) => type === 'update')).toHaveLength(2);
    expect(JSON.stringify(aboutSurfaces(socket))).not.toContain('conversationId');
    expect(test.kernel.surfaces.invoked[0]).not.toHaveProperty('conversationId');
    socket.send({ type: 'unsubscribe', surfaceId: 'all', conversationId: 'z' });
    await settled(socket);
    test.kernel.update('all');
    await settled(socket);
    expect(types(socket).filter((type) => type === 'update')).toHaveLength(2);
    expect(watches()).toBe(unwatches());
  });

  it('an unknown surface is an error with its id, with and without a frame id, and no subscription', async () => {
    const socket = await open();
    socket.send({ type: 'subscribe', surfaceId: 'no', id: 'q' });
    socket.send({ type: 'subscribe', surfaceId: 'nope', conversationId: 'c' });
    await until('two errors', () => types(socket).length === 2);
    const error = { type: 'error', code: 'unknown-surface', requestId: expect.stringMatching(/^req_/) };
    for (const about of [{ surfaceId: 'no', id: 'q' }, { surfaceId: 'nope' }]) {
      const { surfaceId } = about;
      expect(aboutSurfaces(socket).find((frame) => frame['surfaceId'] === surfaceId)).toMatchObject({
        ...error,
        ...about,
      });
    }
    socket.send({ type: 'invoke', surfaceId: 'no', actionId: 'a', id: 'i' });
    await socket.next(({ id }) => id === 'i');
    expect(test.kernel.surfaces.invoked[0]).toMatchObject({ wantsState: true });
    test.kernel.dropLinks();
    await socket.next(({ kernel }) => kernel === 'up');
    expect(watches()).toBe(2);
    expect(unwatches()).toBe(0);
  });

  it('a conversation that can be none is refused where one is meant', async () => {
    const socket = await open();
    socket.send({ type: 'subscribe', surfaceId: 'one', conversationId: `${'x'.repeat(5_000)}`, id: 'q' });
    expect(await socket.next(({ id }) => id === 'q')).toMatchObject({
      type: 'error',
      code: 'invalid-request',
      surfaceId: 'one',
    });
    expect(watches()).toBe(0);
  });

  it('R9: a link that broke is told every subscription again, and the client gets the surface anew', async () => {
    const socket = await subscribed({ surfaceId: 'one', conversationId: 'c' });
    const from = socket.frames.length;
    await test.restartKernel((next) => {
      next.surfaces.add('all', 'global');
      next.surfaces.add('one', 'conversation');
      for (let n = 0; n < 3; n += 1) next.surfaces.raise();
    });
    const fresh = await socket.next(({ type }) => type === 'surface', from);
    expect(fresh).toMatchObject({ conversationId: 'c', spec: { fields: [{ value: '3' }] } });
    await socket.next(({ kernel }) => kernel === 'up', from);
    test.kernel.update('one', 'c');
    await socket.next(({ type }) => type === 'update', from);
    expect(types(socket)).toEqual(['surface', 'ack', 'surface', 'update']);
  });

  it('L1: watches of chats and surfaces share one cap', async () => {
    const socket = await open();
    for (let n = 0; n < 999; n += 1) socket.send({ type: 'chat.subscribe', conversationId: `c${n}` });
    socket.send({ type: 'subscribe', surfaceId: 'all' });
    socket.send({ type: 'subscribe', surfaceId: 'one', id: 'over' });
    socket.send({ type: 'chat.subscribe', conversationId: 'over', id: 'chat' });
    socket.send({ type: 'subscribe', surfaceId: 'all', id: 'again' });
    expect(await socket.next(({ id }) => id === 'again')).toMatchObject({ type: 'ack' });
    const refused = socket.frames.filter(({ code }) => code === 'invalid-request').map(({ id }) => id);
    expect(refused).toEqual(['over', 'chat']);
  });
});

describe('the catalog', () => {
  it('B.3: is sent to every socket when it changes, and is what new sockets get', async () => {
    const [first, second] = [await open(), await open()];
    test.kernel.surfaces.add('new', 'global');
    test.kernel.pushCatalog();
    test.kernel.pushCatalog();
    for (const socket of [first, second]) {
      await socket.next(({ type }) => type === 'catalog', 2);
      await settled(socket);
      expect(types(socket)).toEqual(['catalog']);
      expect((aboutSurfaces(socket)[0] as Frame)['catalog']).toEqual(test.kernel.surfaces.catalog);
    }
    const late = await open();
    expect(late.frames[1]).toEqual({ type: 'catalog', catalog: test.kernel.surfaces.catalog });
  });
});
