import { expect, it } from 'vitest';
import { ask } from '../__fixtures__/kernel-client.ts';
import { startTestKernel, temporaryDataDir } from '../__fixtures__/test-kernel.ts';
import { openTestStore } from '../storage/__fixtures__/test-store.ts';

it('C1: domain events are gap-free and written with their commit: each close tells once, one of an unknown conversation nothing', async () => {
  const dataDir = temporaryDataDir();
  const kernel = await startTestKernel(dataDir);
  const close = async (id: string, key?: string) => {
    const headers = key === undefined ? {} : { 'idempotency-key': key };
    return (await ask(dataDir, 'POST', `/conversations/${id}/close`, { headers })).status;
  };
  expect(await close('unknown')).toBe(200);
  await ask(dataDir, 'PUT', '/conversations/c1/title', { body: { title: 'a' } });
  expect(await close('c1', 'key-1')).toBe(200);
  expect(await close('c1', 'key-1')).toBe(200);
  expect(await close('c1', 'key-2')).toBe(200);
  expect(await close('c1')).toBe(200);
  await ask(dataDir, 'PUT', '/conversations/c2/title', { body: { title: 'b' } });
  expect((await ask(dataDir, 'POST', '/conversations/c2/close', { userId: 'usr_else' })).status).toBe(200);
  await kernel.stop(0);
  const store = await openTestStore(dataDir);
  const events = await store.extensions.eventsAfter(0, 100);
  expect(events.map(({ id, name, payload }) => ({ id, name, payload }))).toEqual(
    [1, 2, 3].map((closes) => ({
      id: closes,
      name: 'conversation.closed',
      payload: { conversationId: 'c1', closes },
    })),
  );
  expect(await store.read.conversation('c1')).toMatchObject({ status: 'closed', closes: 3 });
});

it('C1: a close of a running turn tells both, in the order they came about', async () => {
  const dataDir = temporaryDataDir();
  const kernel = await startTestKernel(dataDir);
  const body = { conversationId: 'c1', message: 'hi', model: 'test/endless' };
  expect((await ask(dataDir, 'POST', '/internal/turns', { body })).status).toBe(200);
  expect((await ask(dataDir, 'POST', '/conversations/c1/close')).body).toMatchObject({ abortedTurn: true });
  await kernel.stop(0);
  const store = await openTestStore(dataDir);
  const events = await store.extensions.eventsAfter(0, 100);
  expect(events).toMatchObject([
    { id: 1, name: 'conversation.closed', payload: { conversationId: 'c1', closes: 1 } },
    { id: 2, name: 'turn.sealed', payload: { conversationId: 'c1', reason: 'aborted' } },
  ]);
});
