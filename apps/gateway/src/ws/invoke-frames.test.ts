import { afterEach, beforeEach, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../__fixtures__/test-gateway.ts';
import { type Frame, openTestSocket, type TestSocket } from '../__fixtures__/test-socket.ts';
import { pause, until } from '../__fixtures__/until.ts';

let test: TestGateway;
let sockets: TestSocket[];
beforeEach(async () => {
  sockets = [];
  test = await startTestGateway();
  test.kernel.surfaces.add('one', 'conversation');
  test.kernel.pushCatalog();
  await until('the catalog', () => test.gateway.services.kernel.catalog.length === 1);
});
afterEach(async () => {
  for (const { socket } of sockets) socket.terminate();
  await test.stop();
});

const FOCUS = { surfaceId: 'one', conversationId: 'c' };

async function subscribed(): Promise<TestSocket> {
  const socket = await openTestSocket(test.wsUrl);
  sockets.push(socket);
  socket.send({ type: 'subscribe', ...FOCUS });
  await socket.next(({ type }) => type === 'surface');
  return socket;
}

const since = (socket: TestSocket, from = 3): Frame[] => socket.frames.slice(from);

it('U4: an action gives one update to all who are subscribed, before the ack of whoever asked', async () => {
  const [socket, other] = [await subscribed(), await subscribed()];
  test.kernel.holdUpdates = true;
  socket.send({ type: 'invoke', ...FOCUS, actionId: 'a', payload: [1, { x: null }], id: 'i' });
  await until('it is asked', () => test.kernel.surfaces.invoked.length === 1);
  await pause(50);
  expect(since(socket)).toEqual([]);
  test.kernel.releaseUpdates();
  await socket.next(({ id }) => id === 'i');
  await other.next(({ type }) => type === 'update');
  expect(since(socket).map(({ type }) => type)).toEqual(['update', 'ack']);
  expect(since(other).map(({ type }) => type)).toEqual(['update']);
  expect(test.kernel.surfaces.invoked[0]).toEqual({
    ...FOCUS,
    actionId: 'a',
    payload: [1, { x: null }],
    wantsState: false,
  });
});

it('U4: without an id there is no ack, and who is not subscribed gets the update alone', async () => {
  const socket = await openTestSocket(test.wsUrl);
  sockets.push(socket);
  await socket.next(({ type }) => type === 'catalog');
  socket.send({ type: 'invoke', ...FOCUS, actionId: 'a' });
  await socket.next(({ type }) => type === 'update');
  await pause(30);
  expect(since(socket, 2).map(({ type }) => type)).toEqual(['update']);
});

it('U4, ruling 20: a refusal is an error with surface, code and id, then the surface as it stands, for this socket alone', async () => {
  const [socket, other] = [await subscribed(), await subscribed()];
  const state = { spec: test.kernel.surfaces.spec('one'), mark: 1_000, conversationId: 'c' };
  test.kernel.surfaces.onInvoke = () => ({
    outcome: 'refused',
    code: 'action-refused',
    message: 'too long',
    state,
  });
  socket.send({ type: 'invoke', ...FOCUS, actionId: 'a', id: 'i' });
  await socket.next(({ type }) => type === 'update');
  expect(since(socket)).toMatchObject([
    { type: 'error', surfaceId: 'one', code: 'action-refused', message: 'too long', id: 'i' },
    { type: 'update', update: { surfaceId: 'one', conversationId: 'c', spec: { id: 'one' } } },
  ]);
  await pause(30);
  expect(since(other)).toEqual([]);
});

it('a state that is older than what the client has is not sent', async () => {
  const socket = await subscribed();
  test.kernel.surfaces.onInvoke = () => ({
    outcome: 'refused',
    code: 'action-refused',
    message: 'no',
    state: { spec: test.kernel.surfaces.spec('one'), mark: 0, conversationId: 'c' },
  });
  socket.send({ type: 'invoke', ...FOCUS, actionId: 'a', id: 'i' });
  await socket.next(({ type }) => type === 'error');
  await pause(30);
  expect(since(socket).map(({ type }) => type)).toEqual(['error']);
});

it('an update that is older than what the client has is not sent behind it', async () => {
  const socket = await subscribed();
  const state = { spec: test.kernel.surfaces.spec('one'), mark: 3, conversationId: 'c' };
  test.kernel.surfaces.onInvoke = () => ({
    outcome: 'refused',
    code: 'action-refused',
    message: 'no',
    state,
  });
  test.kernel.holdUpdates = true;
  test.kernel.update('one', 'c');
  socket.send({ type: 'invoke', ...FOCUS, actionId: 'a' });
  await socket.next(({ type }) => type === 'update');
  test.kernel.releaseUpdates();
  test.kernel.surfaces.state('one', 'c', 'update');
  test.kernel.update('one', 'c');
  await until('the newer one', () => since(socket).length === 3);
  expect(JSON.stringify(since(socket)[2])).toContain('"value":"2"');
});

it('an action of an unknown surface is an error with its id', async () => {
  const socket = await subscribed();
  socket.send({ type: 'invoke', surfaceId: 'no', actionId: 'a', id: 'i' });
  expect(await socket.next(({ id }) => id === 'i')).toMatchObject({
    type: 'error',
    surfaceId: 'no',
    code: 'unknown-surface',
    retryable: false,
  });
});

it('an ack does not wait for ever for an update that a broken link lost', async () => {
  const socket = await subscribed();
  test.kernel.surfaces.onInvoke = () => ({ outcome: 'done', mark: 1_000 });
  socket.send({ type: 'invoke', ...FOCUS, actionId: 'a', id: 'i' });
  expect(await socket.next(({ id }) => id === 'i')).toMatchObject({ type: 'ack' });
});

it('an action while the kernel is away is refused after two seconds, and not carried out later', async () => {
  const socket = await subscribed();
  test.kernel.kill();
  await socket.next(({ kernel }) => kernel === 'down');
  socket.send({ type: 'invoke', ...FOCUS, actionId: 'a', id: 'i' });
  expect(await socket.next(({ id }) => id === 'i')).toMatchObject({
    type: 'error',
    surfaceId: 'one',
    code: 'kernel-unavailable',
    retryable: true,
  });
  const next = await test.restartKernel((kernel) => kernel.surfaces.add('one', 'conversation'));
  await socket.next(({ kernel }) => kernel === 'up');
  expect(next.surfaces.invoked).toEqual([]);
});
