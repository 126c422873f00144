import { afterEach, beforeEach, expect, it } from 'vitest';
import { ask, openLink } from '../__fixtures__/kernel-client.ts';
import { startTestKernel, temporaryDataDir } from '../__fixtures__/test-kernel.ts';
import type { Kernel } from '../kernel.ts';

let dataDir: string;
let kernel: Kernel;
beforeEach(async () => {
  dataDir = temporaryDataDir();
  kernel = await startTestKernel(dataDir);
});
afterEach(() => kernel.stop(0));

const put = (body: unknown, userId?: string) =>
  ask(dataDir, 'PUT', '/me/status', { body, ...(userId === undefined ? {} : { userId }) });
const list = async () => (await ask(dataDir, 'GET', '/presence')).body.users;

it('E5 P1: a text is set for who asks, and no field of the body sets the bit or names another', async () => {
  const body = { statusText: '  Out  ', online: true, status: 'online', userId: 'usr_other', lastSeenAt: 1 };
  const answer = await put(body, 'usr_me');
  expect(answer).toMatchObject({
    status: 200,
    body: { userId: 'usr_me', online: false, statusText: 'Out', lastSeenAt: expect.any(Number) },
  });
  expect(answer.body.lastSeenAt).toBeGreaterThan(1);
  const users = (await list()) as { userId: string }[];
  expect(users.map(({ userId }) => userId).sort()).toEqual(['usr_me', 'usr_owner']);
  expect(users.some(({ userId }) => userId === 'usr_other')).toBe(false);
});

it('a text of more than 100 characters or with control characters is refused; blank and null clear it', async () => {
  for (const statusText of ['x'.repeat(101), 'a\u0000b', 'a\nb', 5, undefined]) {
    expect((await put({ statusText })).body.code).toBe('invalid-request');
  }
  expect((await put({ statusText: '💥'.repeat(100) })).body.statusText).toHaveLength(200);
  expect((await put({ statusText: '   ' })).body.statusText).toBeNull();
  expect((await put({ statusText: null })).body.statusText).toBeNull();
});

it('D1: text and time of the last change outlive the kernel', async () => {
  const { body } = await put({ statusText: 'Out' });
  await kernel.stop(0);
  kernel = await startTestKernel(dataDir);
  expect(await list()).toEqual([body]);
});

it('P2: a link that says `opened` gets its snapshot, and whoever asks sees that somebody is there', async () => {
  const link = openLink(dataDir);
  link.open('usr_me', 'con_1');
  await expect.poll(() => link.frames.filter((frame) => 'users' in frame)).not.toHaveLength(0);
  expect(link.frames.find((frame) => 'users' in frame)).toMatchObject({
    users: ['usr_me'],
    conn: 'con_1',
    frame: { type: 'presence.snapshot', users: [{ userId: 'usr_me', online: true }] },
  });
  expect(await list()).toContainEqual(expect.objectContaining({ userId: 'usr_me', online: true }));
  link.socket.destroy();
});
