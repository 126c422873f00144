import { callTool, reply, say } from '@dispatch/testkit';
import {
  type DispatchProcesses,
  eventually,
  openSocket,
  request,
  startDispatch,
  streamChat,
} from '@dispatch/tests-processes';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { lookAt } from './__fixtures__/warming-client.ts';
import {
  FULL_MODEL,
  isWarm,
  MODEL,
  startWarmingProvider,
  type WarmingProvider,
} from './__fixtures__/warming-provider.ts';

type Body = Readonly<Record<string, unknown>> & { readonly messages: readonly unknown[] };

let provider: WarmingProvider;
let dispatch: DispatchProcesses;
beforeAll(async () => {
  provider = await startWarmingProvider();
  dispatch = await startDispatch({ env: provider.env });
});
afterAll(async () => {
  await dispatch.stop();
  await provider.server.close();
});

const send = (conversationId: string, message: string) =>
  streamChat(dispatch.httpUrl, { conversationId, message, model: FULL_MODEL });
const get = async (path: string) => (await request(dispatch.httpUrl, 'GET', path)).body;

it("a warm is the next turn's own request up to its tail, byte for byte, and asks for no output", async () => {
  const id = 'same-request';
  provider.server.script(
    MODEL,
    reply(say('Let me look. – äöü 🙂'), callTool('current-time', { timeZone: 'Europe/Berlin' })),
    reply(say('It is late.')),
  );
  await send(id, `${id}: what time is it?`);
  await send(id, 'Thanks.');
  const warm = await request(dispatch.httpUrl, 'POST', '/chat/warm', { conversationId: id });
  expect(warm).toMatchObject({ status: 200, body: { inputTokens: 10_010, outputTokens: 0, cachePct: 100 } });
  await send(id, 'And now?');
  const [asked] = provider.warmsOf(id);
  const next = provider.turnsOf(id).at(-1);
  const [warmBody, nextBody] = [asked, next].map((one) => (one?.body ?? {}) as Body);
  if (warmBody === undefined || nextBody === undefined) throw new Error('there were two requests');
  const { messages: warmMessages, ...warmRest } = warmBody;
  const { messages: nextMessages, ...nextRest } = nextBody;
  expect(warmRest['max_tokens']).toBe(0);
  expect((warmRest['tools'] as unknown[]).length).toBeGreaterThan(0);
  for (const part of ['system', 'tools', 'model', 'cache_control']) {
    expect([part, JSON.stringify(warmRest[part])]).toEqual([part, JSON.stringify(nextRest[part])]);
  }
  expect(warmMessages).toHaveLength(nextMessages.length);
  expect(JSON.stringify(warmMessages.slice(0, -1))).toBe(JSON.stringify(nextMessages.slice(0, -1)));
  // The tail differs in its words alone.
  const tail = JSON.stringify(nextMessages.at(-1)).replace('"And now?"', '"."');
  expect(JSON.stringify(warmMessages.at(-1))).toBe(tail);
  expect(warmMessages.length).toBeGreaterThan(5);
});

it('W10: history, metrics, throughput, the list and watchers know nothing of warms', async () => {
  const id = 'no-trace';
  await send(id, `${id}: hello`);
  const date = new Date().toLocaleDateString('sv');
  const all = async () => ({
    history: await get(`/conversations/${id}`),
    metrics: await get(`/conversations/${id}/metrics`),
    throughput: (await get(`/metrics/throughput?period=day&date=${date}`)).models,
    listed: (await get(`/conversations?q=${id}`)).conversations,
    status: await get(`/conversations/${id}/status`),
  });
  const watcher = await openSocket(dispatch.wsUrl);
  watcher.send({ type: 'chat.subscribe', id: 'watch', conversationId: id });
  await watcher.frame('the ack', (frame) => frame['id'] === 'watch');
  const before = await all();
  expect(before.history.chunks).toHaveLength(2);
  expect(before.throughput.length).toBeGreaterThan(0);
  const client = await lookAt(dispatch.wsUrl, id);
  await client.act('set-interval', 1);
  await client.act('toggle', true);
  await eventually('two warms', () => provider.warmsOf(id).length > 1);
  await client.act('toggle', false);
  expect((await request(dispatch.httpUrl, 'POST', '/chat/warm', { conversationId: id })).status).toBe(200);
  expect(await all()).toEqual(before);
  expect(watcher.events()).toEqual([]);
  // Only its own ledger does, the one by hand included.
  await client.until('three warms', ({ money }) => money['warms'] === 3);
  watcher.close();
  client.close();
});

it('a key of a provider is in no frame, no answer and no log line about a warm', async () => {
  const id = 'no-key';
  await send(id, `${id}: hello`);
  const client = await lookAt(dispatch.wsUrl, id);
  await request(dispatch.httpUrl, 'POST', '/chat/warm', { conversationId: id });
  expect(provider.server.requests.filter(isWarm).at(-1)?.headers['x-api-key']).toBe('key-that-must-not-leak');
  const seen = client.socket.texts.join('\n') + dispatch.kernel.output() + dispatch.gateway.output();
  expect(seen).not.toContain('key-that-must-not-leak');
  client.close();
});
