import {
  type DispatchProcesses,
  eventually,
  openSocket,
  request,
  startDispatch,
  streamChat,
} from '@dispatch/tests-processes';
import { afterAll, beforeAll, expect, it } from 'vitest';

let dispatch: DispatchProcesses;
beforeAll(async () => {
  dispatch = await startDispatch();
});
afterAll(() => dispatch.stop());

interface Version {
  readonly turnId: string;
  readonly version: number;
  readonly active: boolean;
  readonly reason: string | null;
}

const get = async (path: string) => (await request(dispatch.httpUrl, 'GET', path)).body;
const post = (path: string, body: object) => request(dispatch.httpUrl, 'POST', path, body);

/** Places that a regenerate passes, before and behind the commit that supersedes. */
it.each([
  'before-answer#1',
  'before-provider-request#1',
  'before-publish#1',
  'before-publish#2',
  'after-provider-request#1',
  'before-seal#1',
  'after-seal#1',
])('RG4: killed at %s, a regenerate left the old version whole or the new one whole', async (place) => {
  const conversationId = crypto.randomUUID();
  const said = await streamChat(dispatch.httpUrl, {
    conversationId,
    message: 'Say it. words: 30',
    model: 'demo/fast',
  });
  const first = String(said.events[0]?.event['turnId']);
  await dispatch.kernel.kill();
  await dispatch.startKernel({ DISPATCH_CRASH_AT: place });
  const { kernel } = dispatch;
  await eventually('reachable again', async () => (await fetch(`${dispatch.httpUrl}/readyz`)).status === 200);
  const socket = await openSocket(dispatch.wsUrl);
  socket.send({ type: 'chat.subscribe', conversationId });
  const asked = { turnId: first, message: 'Say it again. words: 30', idempotencyKey: crypto.randomUUID() };
  const answering = post(`/conversations/${conversationId}/regenerate`, asked);
  expect((await kernel.exited).signal).toBe('SIGKILL');
  await dispatch.startKernel();
  await answering;
  await eventually('reachable again', async () => (await fetch(`${dispatch.httpUrl}/readyz`)).status === 200);
  const repeated = await post(`/conversations/${conversationId}/regenerate`, asked);
  expect(repeated.status).toBe(202);
  const second = repeated.body.turnId;
  await eventually(
    'over',
    async () => (await get(`/conversations/${conversationId}/status`)).turnId === null,
  );

  const { versions } = (await get(`/conversations/${conversationId}/versions?turnId=${first}`)) as {
    versions: readonly Version[];
  };
  const shown = versions.filter(({ active }) => active);
  expect(shown).toHaveLength(1);
  expect(versions.map(({ version }) => version)).toEqual(versions.map((_, index) => index + 1));
  for (const { reason } of versions) expect(['stop', 'interrupted']).toContain(reason);
  const { chunks } = await get(`/conversations/${conversationId}?view=active`);
  const turns = new Set(chunks.map(({ turnId }: { turnId: string }) => turnId));
  expect([...turns]).toEqual([shown[0]?.turnId]);
  const spoke = chunks.some(({ role }: { role: string }) => role === 'assistant');
  expect(spoke).toBe(true);
  if (!versions.some(({ turnId }) => turnId === second)) expect(shown[0]?.turnId).toBe(first);
  else expect(shown[0]?.turnId).toBe(second);
  // What a watcher has is what is stored: the turn from its beginning, in order, with one end.
  await socket.sealed(second);
  const events = socket.events(second);
  expect(events.map(({ n }) => n)).toEqual(events.map((_, index) => index));
  expect(events.filter(({ type }) => type === 'turn-sealed').length).toBe(1);
  socket.close();
});
