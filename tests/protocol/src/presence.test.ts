import {
  type DispatchProcesses,
  eventually,
  type Frame,
  openSocket,
  request,
  startDispatch,
} from '@dispatch/tests-processes';
import { afterAll, beforeAll, expect, it } from 'vitest';

const OWNER = 'usr_owner';

let dispatch: DispatchProcesses;
beforeAll(async () => {
  dispatch = await startDispatch();
});
afterAll(() => dispatch.stop());

interface Presence {
  readonly userId: string;
  readonly online: boolean;
  readonly statusText: string | null;
  readonly lastSeenAt: number | null;
}

const owner = async (): Promise<Presence | undefined> => {
  const { body } = await request(dispatch.httpUrl, 'GET', '/presence');
  return (body?.users as readonly Presence[] | undefined)?.find(({ userId }) => userId === OWNER);
};
const ownerIn = (frame: Frame) =>
  (frame['users'] as readonly Presence[]).find(({ userId }) => userId === OWNER);
const toldOnline = (frames: readonly Frame[]) =>
  frames.filter(({ type }) => type.startsWith('presence.')).map((frame) => ownerIn(frame)?.online);

it('P1 P2 P3: a request alone is nobody’s presence, a kernel that dies is not seen, and the end is told a grace later', async () => {
  await request(dispatch.httpUrl, 'PUT', '/me/status', { statusText: 'Here', online: true });
  expect(await owner()).toMatchObject({ online: false, statusText: 'Here' });

  const socket = await openSocket(dispatch.wsUrl);
  const snapshot = await socket.frame('a snapshot', ({ type }) => type === 'presence.snapshot');
  expect(ownerIn(snapshot)).toMatchObject({ online: true, statusText: 'Here' });
  const types = socket.frames.map(({ type }) => type);
  expect(types.indexOf('presence.snapshot')).toBeGreaterThan(types.indexOf('catalog'));

  await dispatch.kernel.kill();
  await dispatch.startKernel();
  await eventually('a second snapshot', () => {
    return socket.frames.filter(({ type }) => type === 'presence.snapshot').length === 2;
  });
  socket.send({ type: 'presence.status', statusText: 'Still here', id: 's' });
  await socket.frame('the new text', (frame) => {
    return frame.type === 'presence.update' && ownerIn(frame)?.statusText === 'Still here';
  });
  expect(toldOnline(socket.frames)).not.toContain(false);

  const closedAt = performance.now();
  socket.close();
  await eventually('they are gone', async () => (await owner())?.online === false, 30_000);
  expect(performance.now() - closedAt).toBeGreaterThan(9_500);
  expect(await owner()).toMatchObject({ statusText: 'Still here' });
}, 60_000);

it('P2: a gateway that dies takes its users along within the grace', async () => {
  const socket = await openSocket(dispatch.wsUrl);
  await socket.frame('a snapshot', ({ type }) => type === 'presence.snapshot');
  await dispatch.gateway.kill();
  const diedAt = performance.now();
  await dispatch.startGateway();
  await eventually('it answers', async () => (await owner())?.online);
  await eventually('they are gone', async () => (await owner())?.online === false, 45_000);
  expect(performance.now() - diedAt).toBeLessThan(45_000);
}, 60_000);
