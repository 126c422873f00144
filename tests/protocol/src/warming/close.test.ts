import { endless, reply, say, stallHere } from '@dispatch/testkit';
import {
  createDataDirectory,
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
  startWarmingProvider,
  type WarmingProvider,
  written,
} from './__fixtures__/warming-provider.ts';

let provider: WarmingProvider;
let dispatch: DispatchProcesses;
const directory = createDataDirectory();
beforeAll(async () => {
  provider = await startWarmingProvider();
  dispatch = await startDispatch({ dataDir: directory.path, env: provider.env });
});
afterAll(async () => {
  await dispatch.stop();
  await provider.server.close();
  directory.remove();
});

const close = (id: string, init: RequestInit = {}) =>
  fetch(`${dispatch.httpUrl}/conversations/${id}/close`, { method: 'POST', ...init });
const get = async (path: string) => (await request(dispatch.httpUrl, 'GET', path)).body;
const listed = async (id: string) => (await get(`/conversations?q=${id}`)).conversations;

it('C1, C3: closing an id nobody used is 200 whatever the body is, and brings nothing into being', async () => {
  for (const init of [
    {},
    { body: 'not JSON', headers: { 'content-type': 'text/plain;charset=UTF-8' } },
    { body: new Blob(['{}']) },
  ]) {
    const answer = await close('never-used', init);
    expect([answer.status, await answer.json()]).toEqual([
      200,
      { conversationId: 'never-used', abortedTurn: false },
    ]);
  }
  expect(await listed('never-used')).toEqual([]);
  expect(await get('/conversations/never-used')).toMatchObject({ chunks: [], latestSeq: 0 });
  const client = await lookAt(dispatch.wsUrl, 'never-used');
  expect(client.last()).toMatchObject({ on: false, seconds: 240, nextWarmAt: null });
  client.close();
});

it('C1, C3: closing what is idle or closed is 200, aborts nothing, and leaves everything readable', async () => {
  const id = 'idle-one';
  await streamChat(dispatch.httpUrl, {
    conversationId: id,
    message: 'Hello.',
    model: FULL_MODEL,
    cwd: '/tmp',
  });
  const all = async () => ({
    history: await get(`/conversations/${id}`),
    metrics: await get(`/conversations/${id}/metrics`),
    cwd: await get(`/conversations/${id}/cwd`),
  });
  const before = await all();
  expect(before.history.chunks).toHaveLength(2);
  for (let time = 0; time < 3; time += 1) {
    expect(await (await close(id)).json()).toEqual({ conversationId: id, abortedTurn: false });
    expect(await all()).toEqual(before);
    expect(await listed(id)).toMatchObject([{ id, status: 'closed' }]);
  }
});

it('C1, T5: many closes at once end one turn once; under the same key it is the same close', async () => {
  const id = 'many-closes';
  provider.turns(reply(endless('more ', 5)));
  const watcher = await openSocket(dispatch.wsUrl);
  watcher.send({ type: 'chat.send', conversationId: id, message: 'Go on.', model: FULL_MODEL });
  await watcher.frame('text', (frame) => JSON.stringify(frame).includes('text-delta'));
  const headers = { 'idempotency-key': 'close-once' };
  const answers = await Promise.all(
    Array.from({ length: 12 }, async (_, at) => {
      const answer = await close(id, at < 4 ? { headers } : {});
      return (await answer.json()) as { readonly abortedTurn: boolean };
    }),
  );
  const turnId = await watcher.sealed();
  expect(answers.some(({ abortedTurn }) => abortedTurn)).toBe(true);
  const events = watcher.events(turnId);
  expect(events.filter(({ type }) => type === 'done')).toMatchObject([{ reason: 'aborted' }]);
  expect(events.at(-1)?.type).toBe('turn-sealed');
  expect(await (await close(id)).json()).toEqual({ conversationId: id, abortedTurn: false });
  const streamed = events.flatMap(({ type, delta }) => (type === 'text-delta' ? [delta] : [])).join('');
  const { chunks } = await get(`/conversations/${id}`);
  expect(chunks.at(-1).chunk.text).toBe(streamed);
  // Opened again, it is not closed by the repetition of a close before.
  provider.turns(written);
  await streamChat(dispatch.httpUrl, { conversationId: id, message: 'Again.', model: FULL_MODEL });
  expect((await close(id, { headers })).status).toBe(200);
  expect(await listed(id)).toMatchObject([{ status: 'idle' }]);
  watcher.close();
});

/** More commits than a kernel makes from its start to the end of what is done here. */
const MOST_COMMITS = 40;

it('C2, W6: whichever commit of a close a kernel dies behind, it is both aborted and off, or neither', async () => {
  provider.turns(reply(say('Half of it'), stallHere()));
  const seen: Became[] = [];
  for (let commit = 1; commit <= MOST_COMMITS && seen.at(-1)?.died !== false; commit += 1) {
    const id = `dies-at-${commit}`;
    const client = await lookAt(dispatch.wsUrl, id);
    await client.act('set-interval', 3_000);
    expect((await client.act('toggle', true)).type).toBe('ack');
    client.close();
    const became = await dieBehind(commit, id);
    if (became !== undefined) seen.push(became);
  }
  for (const one of seen) {
    const { closed, acknowledged, reason, on } = one;
    const both = closed && reason === 'aborted' && !on;
    const neither = !closed && !acknowledged && reason === 'interrupted' && on;
    expect([one, both || neither]).toEqual([one, true]);
  }
  // One died between the close and the end of the turn, and the last one got through.
  expect(seen.some(({ died, closed, sealed }) => died && closed && !sealed)).toBe(true);
  expect(seen.at(-1)).toMatchObject({ died: false, acknowledged: true });
}, 240_000);

/** What became of a conversation whose kernel died around its close, as the next kernel tells it. */
interface Became {
  readonly died: boolean;
  /** Whether the close was answered with 200. */
  readonly acknowledged: boolean;
  /** Whether its end had been seen before. */
  readonly sealed: boolean;
  readonly closed: boolean;
  readonly reason: unknown;
  readonly on: boolean;
}

/** Closes a conversation in the middle of an answer, in a kernel that dies behind one of its commits. Undefined: it died before there was an answer. */
async function dieBehind(commit: number, id: string): Promise<Became | undefined> {
  await Promise.all([dispatch.kernel.kill(), dispatch.gateway.kill()]);
  const kernel = dispatch.startKernel({ DISPATCH_CRASH_AT: `after-commit#${commit}` }).then(
    () => true,
    () => false,
  );
  const [hasBegun] = await Promise.all([kernel, dispatch.startGateway()]);
  const isDead = (): boolean =>
    dispatch.kernel.child.exitCode !== null || dispatch.kernel.child.signalCode !== null;
  let isBegun = false;
  let acknowledged = false;
  let sealed = false;
  if (hasBegun) {
    const socket = await openSocket(dispatch.wsUrl);
    const saw = (text: string): boolean => socket.texts.some((one) => one.includes(text));
    socket.send({ type: 'chat.send', conversationId: id, message: 'Go on.', model: FULL_MODEL });
    await eventually('text', () => isDead() || saw('Half of it'));
    isBegun = saw('Half of it');
    if (isBegun && !isDead()) {
      close(id).then(
        ({ status }) => {
          acknowledged = status === 200;
        },
        () => undefined,
      );
      await eventually('the end', () => isDead() || (acknowledged && saw('turn-sealed')));
      // What extensions store of it comes behind the seal.
      await eventually('the kernel to die', isDead, 400).catch(() => undefined);
    }
    sealed = saw('turn-sealed');
    socket.close();
  }
  const died = isDead();
  await Promise.all([dispatch.kernel.kill(), dispatch.gateway.kill()]);
  await Promise.all([dispatch.startKernel(), dispatch.startGateway()]);
  await eventually('the link', async () => (await fetch(`${dispatch.httpUrl}/readyz`)).status === 200);
  if (!isBegun) return undefined;
  const [turn] = (await get(`/conversations/${id}/metrics`)).turns;
  const [row] = await listed(id);
  const client = await lookAt(dispatch.wsUrl, id);
  const { on } = client.last();
  client.close();
  return { died, acknowledged, sealed, closed: row?.status === 'closed', reason: turn?.reason, on };
}
