import { expect, it } from 'vitest';
import { ID, MODEL, WarmingWorld } from './__fixtures__/warming-world.ts';

const ROUTE = 'POST /chat/warm';
/** One warm that reads 9,900 and writes 100 tokens at the demo's prices, rounded up. */
const WARM = Math.ceil(9_900 * 0.001 + 100 * 0.0125 + 0.05);
const usage = { inputTokens: 10_000, outputTokens: 1, cacheReadTokens: 9_900, cacheWriteTokens: 100 };

async function world(): Promise<WarmingWorld> {
  const w = await new WarmingWorld().begin();
  w.test.models.answerWarms(({ model }) => {
    const at = w.now();
    return { kind: 'warmed', model, usage, startedAt: at, completedAt: at };
  });
  return w;
}

const row = (from: WarmingWorld) => Object(from.test.rows(`conversation/${ID}`)[0]?.value);
const byHand = (w: WarmingWorld, more: object = {}) =>
  w.test.call(ROUTE, { body: { conversationId: ID, ...more } });

it('a budget in money stops while the price of the next warm is not known, until a turn tells', async () => {
  const w = await world();
  await w.invoke('toggle', true);
  await w.invoke('set-budget-money', 1);
  await w.test.advance(240_000);
  expect(w.sent()).toBe(0);
  expect(await w.look()).toMatchObject({ on: true, nextWarmAt: null });
  expect((await w.look()).stat('Next decision')).toContain('not known yet; the next turn will tell');
  expect(await byHand(w)).toMatchObject({ code: 'nothing-to-warm' });
  await w.startTurn();
  await w.sealTurn();
  await w.test.advance(240_000);
  expect(w.sent()).toBe(1);
});

it('a budget in money refuses a warm by hand of another model, whose price nobody knows', async () => {
  const w = await world();
  await w.startTurn();
  await w.sealTurn();
  await w.invoke('toggle', true);
  await w.invoke('set-budget-money', 1);
  expect(await byHand(w, { model: 'demo/other' })).toMatchObject({ code: 'nothing-to-warm' });
  expect(await byHand(w)).toMatchObject({ ok: true });
});

it('a warm by hand of another model says nothing about the prompt that is kept warm', async () => {
  const w = await world();
  await w.startTurn();
  await w.sealTurn();
  await w.invoke('toggle', true);
  const { prompt, warmsSinceTurn } = row(w);
  await byHand(w, { model: 'demo/other' });
  expect(row(w)).toMatchObject({ prompt, warmsSinceTurn, ledger: { warms: 1, spentMicros: WARM } });
});

it('the answer of the last turn is part of the next prompt', async () => {
  const w = await world();
  const long = { ...usage, outputTokens: 5_000 };
  await w.startTurn();
  const metrics = { turnId: 't', usage: long, steps: [{ stepId: 's', usage: long, genTotalMs: 0 }] };
  await w.sealTurn(true, { metrics: metrics as never });
  await w.invoke('toggle', true);
  expect(row(w).prompt).toMatchObject({ tokens: 15_000, cached: 10_000 });
  // 10,000 tokens read, 5,000 written, one answered.
  const micros = Math.ceil(10_000 * 0.001 + 5_000 * 0.0125 + 0.05);
  await w.invoke('set-budget-money', (micros - 1) / 1_000_000);
  await w.test.advance(240_000);
  expect(w.sent()).toBe(0);
  await w.invoke('set-budget-money', micros / 1_000_000);
  await w.invoke('warm');
  expect(w.sent()).toBe(1);
});

it('a warm by hand while it is off is booked where there is a row, and held against its budgets', async () => {
  const w = await world();
  await w.startTurn();
  await w.sealTurn();
  await w.invoke('toggle', true);
  await w.invoke('toggle', false);
  await w.invoke('set-budget-warms', 1);
  expect(await byHand(w)).toMatchObject({ ok: true });
  expect(w.test.models.warms.at(-1)?.call.closes).toBe(0);
  expect(row(w)).toMatchObject({ enabled: false, ledger: { warms: 1, spentMicros: WARM } });
  expect(await byHand(w)).toMatchObject({ code: 'nothing-to-warm' });
  await w.invoke('set-budget-warms', 0);
  await w.invoke('set-budget-money', (WARM + 1) / 1_000_000);
  expect(await byHand(w)).toMatchObject({ code: 'nothing-to-warm' });
  expect(w.test.timers()).toEqual([]);
});

it('a warm by hand that fails while it is off is booked as one of unknown price', async () => {
  const w = await world();
  await w.invoke('toggle', true);
  await w.invoke('toggle', false);
  const failure = { code: 'overloaded', message: 'Busy.', retryable: true } as const;
  w.test.models.answerWarms(({ model }) => ({ kind: 'failed', model, failure }));
  await byHand(w);
  expect(row(w)).toMatchObject({ failures: 0, ledger: { warms: 1, unpricedWarms: 1 } });
});

it('what was spent is shown also behind a change to a model of unknown price', async () => {
  const w = await world();
  await w.startTurn();
  await w.sealTurn();
  await w.invoke('toggle', true);
  await w.test.advance(240_000);
  await w.startTurn('elsewhere/x');
  await w.sealTurn(true, { model: 'elsewhere/x' });
  const shown = await w.look();
  expect(row(w).model).toBe('elsewhere/x');
  expect(shown.stat('Spent so far')).toBe('under $0.0001');
  expect(shown.stat('Avoided so far')).toBe('$0.0000');
  expect(shown.stat('Balance')).toBe('−under $0.0001');
  expect(shown.stat('Price of the next warm')).toBe('—');
});

it('a warm by hand that is switched off while it waits says it was given up', async () => {
  const w = await world();
  const waiting: (() => void)[] = [];
  w.test.models.answerWarms(
    () => new Promise((resolve) => waiting.push(() => resolve({ kind: 'refused', reason: 'no-history' }))),
  );
  for (let index = 0; index < 64; index += 1) {
    w.test.models.put(`c${index}`, { model: MODEL });
    void w.test.call(ROUTE, { body: { conversationId: `c${index}` } });
  }
  await w.test.advance(0);
  await w.invoke('toggle', true);
  const answer = byHand(w);
  await w.test.advance(0);
  await w.invoke('toggle', false);
  for (const done of waiting) done();
  expect(await answer).toMatchObject({
    code: 'nothing-to-warm',
    message: expect.stringContaining('given up'),
  });
});
