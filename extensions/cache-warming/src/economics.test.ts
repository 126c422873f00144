import { createTestHost } from '@dispatch/extension-api/testing';
import { cacheWarmingEconomicsPayloadSchema } from '@dispatch/surface-cache-warming/schema';
import { seriesPayloadSchema } from '@dispatch/ui-contract/schema';
import { expect, it } from 'vitest';
import { ID, WarmingWorld } from './__fixtures__/warming-world.ts';
import { extension } from './extension.ts';
import { PRICES } from './prices.ts';

const world = () => new WarmingWorld().begin();
/** One warm that reads 9,900 and writes 100 tokens at the demo's prices, rounded up. */
const WARM = Math.ceil(9_900 * 0.001 + 100 * 0.0125 + 0.05);
/** What reading 9,900 tokens saves against writing them. */
const SAVED = Math.floor(9_900 * (0.0125 - 0.001));

async function economics(w: WarmingWorld) {
  const { fields } = await w.test.surfaces.show('cache-warming', { conversationId: ID });
  const payload = (renderer: string) =>
    Object(fields.find((field) => field.kind === 'custom' && field.rendererId === renderer)).payload;
  return {
    figures: cacheWarmingEconomicsPayloadSchema.parse(payload('cache-warming-economics')),
    series: seriesPayloadSchema.parse(payload('series')),
  };
}

async function warmed(times: number): Promise<WarmingWorld> {
  const w = await world();
  await w.startTurn();
  await w.sealTurn();
  await w.invoke('toggle', true);
  for (let warm = 0; warm < times; warm += 1) {
    await w.test.advance(240_000);
    await w.endWarm('ok');
  }
  return w;
}

it('spent is what warms cost, in whole millionths; nothing is avoided before somebody came back', async () => {
  const w = await warmed(3);
  const { figures, series } = await economics(w);
  expect(figures).toMatchObject({ spentMicros: 3 * WARM, avoidedMicros: 0, warms: 3, unpricedWarms: 0 });
  expect(series.points.map(({ value }) => value)).toEqual([99, 99, 99]);
});

it('avoided counts only behind the original expiry, only what was read, and once', async () => {
  const w = await warmed(1);
  // 240 s behind the last request: the cache would be there anyway.
  await w.startTurn();
  await w.sealTurn();
  expect((await economics(w)).figures.avoidedMicros).toBe(0);
  await w.test.advance(240_000);
  await w.endWarm('ok');
  await w.test.advance(100_000);
  await w.startTurn();
  await w.sealTurn();
  expect((await economics(w)).figures).toMatchObject({ avoidedMicros: SAVED, spentMicros: 2 * WARM });
  await w.test.deliver(1);
  expect((await economics(w)).figures.avoidedMicros).toBe(SAVED);
});

it('a return that read nothing proves nothing', async () => {
  const w = await warmed(2);
  await w.startTurn();
  const usage = { inputTokens: 10_000, outputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 10_000 };
  await w.sealTurn(true, { metrics: { turnId: 't', usage, steps: [{ stepId: 's', usage }] } as never });
  expect((await economics(w)).figures.avoidedMicros).toBe(0);
});

it('a result that is dropped is paid for all the same', async () => {
  const w = await warmed(0);
  await w.test.advance(240_000);
  await w.startTurn();
  await w.endWarm('ok');
  await w.sealTurn();
  expect((await economics(w)).figures).toMatchObject({ spentMicros: WARM, warms: 1 });
});

it('two warms in a row that find too little switch it off and say why; one does not', async () => {
  const w = await warmed(1);
  for (const result of ['ineffective', 'ok', 'ineffective', 'ineffective'] as const) {
    expect((await w.look()).on).toBe(true);
    await w.test.advance(240_000);
    await w.endWarm(result);
  }
  const shown = await w.look();
  expect(shown.on).toBe(false);
  expect(shown.stat('Next decision')).toContain('Two warms in a row');
  expect((await economics(w)).series.points.filter(({ marked }) => marked)).toHaveLength(3);
});

it.each([
  ['set-budget-warms', 2, 2, 'the budget of 2 warms'],
  ['set-budget-money', (2 * WARM + 10) / 1_000_000, 2, 'would be crossed'],
  ['set-budget-idle', 10, 2, 'nobody wrote for 10 minutes'],
])('%s stops before the call that would cross it, and says so', async (action, limit, most, words) => {
  const w = await warmed(0);
  expect(await w.invoke(action, limit)).toEqual({ kind: 'accepted' });
  for (let warm = 0; warm < 5; warm += 1) {
    await w.test.advance(240_000);
    await w.endWarm('ok');
  }
  expect(w.sent()).toBe(most);
  const shown = await w.look();
  expect(shown).toMatchObject({ on: true, nextWarmAt: null });
  expect(shown.stat('Next decision')).toMatch(/^Stopped: /);
  expect(shown.stat('Next decision')).toContain(words);
  await w.invoke(action, 0);
  expect((await w.look()).nextWarmAt).toBe(w.now() + 240_000);
});

it('a budget in money or warms stands against warms by hand too', async () => {
  const w = await warmed(1);
  await w.invoke('set-budget-warms', 1);
  expect(await w.invoke('warm')).toMatchObject({
    kind: 'refused',
    message: expect.stringContaining('budget'),
  });
  for (const bad of [-1, '3', null, 1.5, {}]) {
    expect(await w.invoke('set-budget-warms', bad)).toMatchObject({ kind: 'refused' });
  }
});

it('an interval longer than the cache lives is accepted, and does not help', async () => {
  const w = await warmed(0);
  expect((await w.look()).stat('Advice')).toBeUndefined();
  await w.invoke('set-interval', 600);
  expect((await w.look()).stat('Advice')).toContain('does not help');
  expect((await economics(w)).figures).toMatchObject({ breakEvenAt: null, lifetimeSeconds: 300 });
});

it('tells the price of the next warm, of coming back cold, and when it breaks even', async () => {
  const w = await warmed(0);
  const { figures } = await economics(w);
  expect(figures).toMatchObject({ nextWarmMicros: 11, coldReturnMicros: 126, prefixTokens: 10_001 });
  expect(figures.breakEvenAt! - w.now()).toBeGreaterThan(45 * 60_000);
  expect(figures.breakEvenAt! - w.now()).toBeLessThan(46 * 60_000);
  expect((await w.look()).stat('Prices')).toContain('made up');
});

it('without prices what is to come is a dash, and nothing is guessed', async () => {
  const w = await world();
  w.test.models.put(ID, { model: 'elsewhere/x' });
  await w.invoke('toggle', true);
  const shown = await w.look();
  const ahead = ['Price of the next warm', 'Price of coming back cold', 'Break-even', 'Prices'];
  for (const label of ahead) expect(shown.stat(label)).toBe('—');
  for (const label of ['Balance', 'Spent so far', 'Avoided so far'])
    expect(shown.stat(label)).toBe('$0.0000');
  await w.invoke('set-budget-money', 1);
  await w.test.advance(240_000);
  expect(w.sent()).toBe(0);
  expect((await w.look()).stat('Next decision')).toContain('no price of this model is known');
});

it('the operator replaces the prices; what does not fit is refused', () => {
  const { manifest } = extension;
  const [entry] = PRICES.models;
  const prices = { asOf: '2026-10-01', source: 'mine', models: [{ ...entry! }] };
  expect(createTestHost({ manifest, config: { prices } }).host.config['prices']).toEqual(prices);
  expect(() => createTestHost({ manifest, config: { prices: { asOf: 'today' } } })).toThrow();
  expect(() => createTestHost({ manifest, config: { price: 1 } })).toThrow();
});
