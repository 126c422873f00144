import { readFileSync } from 'node:fs';
import { warmResponseSchema } from '@dispatch/transport-contract/schema';
import { expect, it } from 'vitest';
import { ID, MODEL, WarmingWorld } from './__fixtures__/warming-world.ts';
import { extension } from './extension.ts';

const ROUTE = 'POST /chat/warm';
const usage = { inputTokens: 200, outputTokens: 1, cacheReadTokens: 150, cacheWriteTokens: 30 };

async function world(): Promise<WarmingWorld> {
  const w = await new WarmingWorld().begin();
  w.test.models.answerWarms(() => {
    const at = w.now();
    return { kind: 'warmed', model: MODEL, usage, startedAt: at, completedAt: at };
  });
  return w;
}

const call = (w: WarmingWorld, body: object, userId = 'user') =>
  w.test.call(ROUTE, { userId, body: body as never });

it('G.2: answers what the provider told, in the shape of the contract', async () => {
  const w = await world();
  const answer = await call(w, { conversationId: ID, model: 'demo/x', cwd: '/there' });
  expect(answer).toEqual({ ok: true, body: { ...usage, cachePct: 75, expectedCacheRate: 83 } });
  expect(warmResponseSchema.safeParse(Object(answer).body).success).toBe(true);
  expect(w.test.models.warms.at(-1)?.call).toMatchObject({ model: 'demo/x', cwd: '/there' });
});

it('counts the provider does not tell are 0', async () => {
  const w = await world();
  const told = { inputTokens: 0, outputTokens: 0 };
  w.test.models.answerWarms(() => ({
    kind: 'warmed',
    model: MODEL,
    usage: told,
    startedAt: 1,
    completedAt: 2,
  }));
  const none = { cacheReadTokens: 0, cacheWriteTokens: 0, cachePct: 0, expectedCacheRate: 0 };
  expect(await call(w, { conversationId: ID })).toEqual({ ok: true, body: { ...told, ...none } });
});

it('in a conversation nobody opted in it is stored nowhere, and shown', async () => {
  const w = await world();
  await call(w, { conversationId: ID });
  expect(w.test.rows()).toEqual([]);
  expect(w.updates()).toBe(1);
  expect(await w.look()).toMatchObject({ on: false, lastWarmAt: w.now(), nextWarmAt: null });
});

it('W3: in a conversation that is on it counts like an automatic one', async () => {
  const w = await world();
  await w.invoke('toggle', true);
  await w.test.advance(100_000);
  await call(w, { conversationId: ID });
  expect(await w.look()).toMatchObject({ lastWarmAt: w.now(), nextWarmAt: w.now() + 240_000 });
  expect(Object(w.test.rows()[0]?.value).ledger.warms).toBe(1);
  expect((await w.look()).stat('Cache retention')).toBe('83%');
});

it('refuses what cannot be warmed', async () => {
  const w = await world();
  expect(await call(w, { conversationId: 'nobody' })).toMatchObject({ code: 'nothing-to-warm' });
  expect(await call(w, { conversationId: ID }, 'somebody-else')).toMatchObject({ code: 'nothing-to-warm' });
  expect(await call(w, {})).toMatchObject({ code: 'invalid-request' });
  expect(await call(w, { conversationId: 7 })).toMatchObject({ code: 'invalid-request' });
  w.test.models.answerWarms(() => ({ kind: 'refused', reason: 'no-history' }));
  expect(await call(w, { conversationId: ID })).toMatchObject({ code: 'nothing-to-warm' });
  w.test.models.source = () => undefined;
  expect(await call(w, { conversationId: ID, model: 'a/b' })).toMatchObject({ code: 'nothing-to-warm' });
  await w.startTurn();
  expect(await call(w, { conversationId: ID })).toMatchObject({ code: 'turn-running' });
});

it('W11: refuses a second one beside a first', async () => {
  const w = await new WarmingWorld().begin();
  const first = call(w, { conversationId: ID });
  await w.test.advance(0);
  expect(await call(w, { conversationId: ID })).toMatchObject({ code: 'warm-running' });
  expect(await w.invoke('warm')).toMatchObject({ kind: 'refused' });
  await w.endWarm('ok');
  expect(await first).toMatchObject({ ok: true });
});

it("a provider's failure is answered in its own words", async () => {
  const w = await new WarmingWorld().begin();
  const answer = call(w, { conversationId: ID });
  await w.test.advance(0);
  await w.endWarm('fail');
  expect(await answer).toEqual({ ok: false, code: 'overloaded', message: 'The provider is overloaded.' });
  expect((await w.look()).stat('Last error')).toBe('The provider is overloaded.');
});

it('a model its provider does not have leaves nothing to warm', async () => {
  const w = await world();
  const failure = { code: 'unknown-model', message: 'There is no such model.', retryable: false } as const;
  w.test.models.answerWarms(({ model }) => ({ kind: 'failed', model, failure }));
  expect(await call(w, { conversationId: ID, model: 'demo/none' })).toMatchObject({
    code: 'nothing-to-warm',
  });
});

it('stands under the version of its package', () => {
  const own = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  expect(extension.manifest.version).toBe(own.version);
});
