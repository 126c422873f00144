import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  createDataDirectory,
  type DispatchProcesses,
  type Frame,
  type FrameSocket,
  openSocket,
  request,
  startDispatch,
} from '@dispatch/tests-processes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let dispatch: DispatchProcesses;
const directory = createDataDirectory();
beforeAll(async () => {
  const paths = [fileURLToPath(new URL('./__fixtures__/neighbour', import.meta.url))];
  const settings = { neighbour: { step: 2 } };
  writeFileSync(
    join(directory.path, 'dispatch.config.json'),
    JSON.stringify({ extensions: { paths, settings } }),
  );
  dispatch = await startDispatch({ dataDir: directory.path });
});
afterAll(async () => {
  await dispatch.stop();
  directory.remove();
});

/** How many knocks a frame of the surface tells. */
function knocksOf(frame: Frame): string | undefined {
  const spec = (frame['spec'] ?? (frame['update'] as Frame | undefined)?.['spec']) as
    | { readonly id: string; readonly fields: readonly { readonly value: string }[] }
    | undefined;
  return spec?.id === 'neighbour' ? spec.fields[0]?.value : undefined;
}
const updatesOf = (socket: FrameSocket) => socket.frames.filter(({ type }) => type === 'update');

async function subscribed(conversationId: string): Promise<FrameSocket> {
  const socket = await openSocket(dispatch.wsUrl);
  socket.send({ type: 'subscribe', surfaceId: 'neighbour', conversationId, id: 'subscribe' });
  await socket.frame('the ack', (frame) => frame.type === 'ack' && frame['id'] === 'subscribe');
  return socket;
}

async function invoke(
  socket: FrameSocket,
  conversationId: string,
  id: string,
  actionId: string,
  payload?: unknown,
) {
  socket.send({
    type: 'invoke',
    surfaceId: 'neighbour',
    actionId,
    conversationId,
    id,
    ...(payload === undefined ? {} : { payload }),
  });
  return socket.frame(id, (frame) => frame['id'] === id);
}

describe('an extension from a folder of its own', () => {
  it('is in the catalog, and U2: its surface echoes the conversation on the first frame and on every update', async () => {
    const socket = await subscribed('echo');
    const catalog = await socket.frame('catalog', ({ type }) => type === 'catalog');
    expect(catalog['catalog']).toContainEqual({
      id: 'neighbour',
      region: 'side',
      title: 'Neighbour',
      scope: 'conversation',
    });
    expect(await invoke(socket, 'echo', 'knock', 'neighbour/knock')).toMatchObject({ type: 'ack' });
    const surface = await socket.frame('surface', ({ type }) => type === 'surface');
    expect(surface).toMatchObject({ conversationId: 'echo', spec: { id: 'neighbour' } });
    expect(updatesOf(socket)).toMatchObject([{ update: { surfaceId: 'neighbour', conversationId: 'echo' } }]);
    expect(updatesOf(socket).map(knocksOf)).toEqual(['2']);
    socket.close();
  });

  it('U3: updates reach the subscribers of that conversation, once each, and nobody else', async () => {
    const [acting, beside, elsewhere] = await Promise.all([
      subscribed('a'),
      subscribed('a'),
      subscribed('b'),
    ]);
    for (let index = 0; index < 5; index += 1) await invoke(acting, 'a', `k${index}`, 'neighbour/knock', 1);
    await beside.frame('the fifth', (frame) => knocksOf(frame) === '5');
    expect(updatesOf(acting).map(knocksOf)).toEqual(['1', '2', '3', '4', '5']);
    expect(updatesOf(beside).map(knocksOf)).toEqual(['1', '2', '3', '4', '5']);
    expect(updatesOf(elsewhere)).toEqual([]);
    for (const socket of [acting, beside, elsewhere]) socket.close();
  });

  it('U4: every refused action is told, with the surface unchanged, to whoever asked', async () => {
    const [acting, beside] = await Promise.all([subscribed('refused'), subscribed('refused')]);
    const refused = await invoke(acting, 'refused', 'r1', 'neighbour/knock', 'often');
    expect(refused).toMatchObject({
      type: 'error',
      surfaceId: 'neighbour',
      code: 'action-refused',
      message: 'knock a whole number of times',
    });
    await acting.frame('the unchanged surface', ({ type }) => type === 'update');
    expect(updatesOf(acting).map(knocksOf)).toEqual(['0']);
    expect(await invoke(acting, 'refused', 'r2', 'nonsense')).toMatchObject({
      type: 'error',
      code: 'unknown-action',
    });
    const failed = await invoke(acting, 'refused', 'r3', 'neighbour/fail');
    expect(failed).toMatchObject({ type: 'error', code: 'action-failed' });
    expect(JSON.stringify(failed)).not.toMatch(/canary|somebody/);
    acting.send({ type: 'invoke', surfaceId: 'neighbour', actionId: 'neighbour/knock', id: 'r4' });
    expect(await acting.frame('r4', (frame) => frame['id'] === 'r4')).toMatchObject({
      type: 'error',
      surfaceId: 'neighbour',
    });
    acting.send({ type: 'invoke', surfaceId: 'no-such', actionId: 'x', id: 'r5' });
    expect(await acting.frame('r5', (frame) => frame['id'] === 'r5')).toMatchObject({
      type: 'error',
      code: 'unknown-surface',
    });
    expect(updatesOf(beside)).toEqual([]);
    acting.close();
    beside.close();
  });

  it('hears of sealed turns and of its timers, also across a kill of both processes', async () => {
    const socket = await subscribed('turns');
    socket.send({ type: 'chat.send', conversationId: 'turns', message: 'words: 3', model: 'demo/fast' });
    await socket.sealed();
    await socket.frame('the turn', (frame) => knocksOf(frame) === '1');
    await socket.frame('the timer', (frame) => knocksOf(frame) === '101');
    const sealed = socket.frames.findIndex(
      (frame) => (frame['event'] as Frame | undefined)?.type === 'turn-sealed',
    );
    expect(socket.frames.findIndex((frame) => knocksOf(frame) === '1')).toBeGreaterThan(sealed);
    socket.send({ type: 'chat.send', conversationId: 'turns', message: 'words: 3', model: 'demo/fast' });
    await socket.frame('the second turn', (frame) => knocksOf(frame) === '102');
    await Promise.all([dispatch.kernel.kill(), dispatch.gateway.kill()]);
    await Promise.all([dispatch.startKernel(), dispatch.startGateway()]);
    const later = await subscribed('turns');
    await later.frame('the timer of before', (frame) => knocksOf(frame) === '202');
    socket.close();
    later.close();
  });

  it('answers its route below /x, with the schema of its query, and nothing beside it', async () => {
    const socket = await subscribed('route');
    await invoke(socket, 'route', 'k', 'neighbour/knock', 7);
    socket.close();
    const get = (path: string) => request(dispatch.httpUrl, 'GET', path);
    expect(await get('/x/neighbour/counts/route')).toMatchObject({
      status: 200,
      body: { count: 7, userId: 'usr_owner' },
    });
    expect((await get('/x/neighbour/counts/route?unit=knocks')).status).toBe(200);
    expect(await get('/x/neighbour/counts/route?unit=rings')).toMatchObject({
      status: 400,
      body: { code: 'invalid-request' },
    });
    expect((await get('/x/neighbour/other')).status).toBe(404);
    expect((await request(dispatch.httpUrl, 'POST', '/x/neighbour/counts/route', {})).status).toBe(405);
  });
});
