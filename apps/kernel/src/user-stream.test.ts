import type { UserEvent } from '@dispatch/collab-contract';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { followUser } from './__fixtures__/follow-user.ts';
import { ask } from './__fixtures__/kernel-client.ts';
import { startTestKernel, temporaryDataDir } from './__fixtures__/test-kernel.ts';
import type { Kernel } from './kernel.ts';

let dataDir: string;
let kernel: Kernel;

beforeEach(async () => {
  dataDir = temporaryDataDir();
  kernel = await startTestKernel(dataDir);
});
afterEach(() => kernel.stop(0));

const put = (id: string, what: string, body: object) =>
  ask(dataDir, 'PUT', `/conversations/${id}/${what}`, { body });
const send = (conversationId: string, model = 'test/echo') =>
  ask(dataDir, 'POST', '/internal/turns', { body: { conversationId, message: 'hi there', model } });

/** An event in a few words. */
function words(event: UserEvent | null): string {
  if (event === null) return 'skip';
  if (event.type === 'conversation.closed') return `closed ${event.conversationId}`;
  if (event.type === 'turn-replaced') return `replaced ${event.supersedes}`;
  if (!('conversation' in event)) throw new Error(`nothing asked, and there is ${event.type}`);
  const { id, title, status } = event.conversation;
  return `${event.type.slice('conversation.'.length)} ${id} ${status} ${title}`;
}

it('E1: what becomes of a conversation is told in the order it became, by turns and by settings', async () => {
  const user = followUser(dataDir, 0);
  await send('c1');
  await vi.waitFor(() => expect(user.events).toHaveLength(2), 10_000);
  await put('c1', 'title', { title: 'Named' });
  await put('c2', 'cwd', { cwd: '/srv' });
  await ask(dataDir, 'POST', '/conversations/c1/close');
  await send('c1');
  await vi.waitFor(() => expect(user.events).toHaveLength(7), 10_000);
  expect(user.events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(user.events.map(({ event }) => words(event))).toEqual([
    'created c1 active hi there',
    'updated c1 idle hi there',
    'updated c1 idle Named',
    'created c2 idle null',
    'closed c1',
    'updated c1 active Named',
    'updated c1 idle Named',
  ]);
  user.close();
});

it('E3: a change that changes nothing tells nothing, and a repeat of one neither', async () => {
  const headers = { 'idempotency-key': 'once' };
  await ask(dataDir, 'PUT', '/conversations/c1/title', { body: { title: 'a' }, headers });
  await ask(dataDir, 'PUT', '/conversations/c1/title', { body: { title: 'a' }, headers });
  await put('c1', 'title', { title: 'a' });
  await put('c1', 'model', { fallbackModels: ['test/endless'] });
  await ask(dataDir, 'POST', '/conversations/c1/close');
  await ask(dataDir, 'POST', '/conversations/c1/close');
  await ask(dataDir, 'POST', '/conversations/unknown/close');
  expect((await put('c1', 'title', { title: 'a' })).status).toBe(200);
  expect(
    (await ask(dataDir, 'PUT', '/conversations/c1/cwd', { body: { cwd: '/x' }, userId: 'usr_b' })).status,
  ).toBe(404);
  const user = followUser(dataDir, 0);
  await vi.waitFor(() => expect(user.events).toHaveLength(2), 10_000);
  expect(user.events.map(({ event }) => words(event))).toEqual(['created c1 idle a', 'closed c1']);
  expect(user.at).toEqual([{ type: 'user-at', userId: 'usr_owner', ask: 1, head: 2, served: true }]);
  user.close();
});

it('E4: a close of a running turn is told before the turn that it ended, and the list says the same', async () => {
  const user = followUser(dataDir, 0);
  await send('c1', 'test/endless');
  await ask(dataDir, 'POST', '/conversations/c1/close');
  await vi.waitFor(() => expect(user.events).toHaveLength(3), 10_000);
  expect(user.events.map(({ event }) => words(event)).slice(1)).toEqual([
    'closed c1',
    'updated c1 closed hi there',
  ]);
  const { body } = await ask(dataDir, 'GET', '/conversations');
  expect(body).toMatchObject({ epoch: kernel.epoch, userSeq: 3 });
  const last = user.events[2]?.event;
  expect(body.conversations).toEqual([last?.type === 'conversation.updated' && last.conversation]);
  user.close();
});

it('R2, RT-02: a restart keeps numbers and epoch, seals what ran, and serves the same cursors', async () => {
  await send('c1', 'test/endless');
  const { epoch } = kernel;
  await kernel.stop(0);
  kernel = await startTestKernel(dataDir);
  expect(kernel.epoch).toBe(epoch);
  const user = followUser(dataDir, 1);
  await vi.waitFor(() => expect(user.events).toHaveLength(1), 10_000);
  expect(user.events.map(({ seq, event }) => `${seq} ${words(event)}`)).toEqual([
    '2 updated c1 idle hi there',
  ]);
  const ahead = followUser(dataDir, 3);
  await vi.waitFor(
    () => expect(ahead.at).toMatchObject([{ served: false, reason: 'ahead', head: 2 }]),
    10_000,
  );
  user.close();
  ahead.close();
});

it('a user who has nothing stands at 0, and learns what comes', async () => {
  const user = followUser(dataDir, undefined, 'usr_b');
  await vi.waitFor(() => expect(user.at).toMatchObject([{ head: 0, served: true }]), 10_000);
  await put('c1', 'title', { title: 'not theirs' });
  await ask(dataDir, 'PUT', '/conversations/c2/title', { body: { title: 'theirs' }, userId: 'usr_b' });
  await vi.waitFor(
    () => expect(user.events.map(({ event }) => words(event))).toEqual(['created c2 idle theirs']),
    10_000,
  );
  user.close();
});
