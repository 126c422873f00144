import { TURN_STARTED } from '@dispatch/extension-api';
import { CACHE_WARMING_SURFACE_ID } from '@dispatch/surface-cache-warming';
import { expect, it } from 'vitest';
import { ID, MODEL, seen, WarmingWorld } from './__fixtures__/warming-world.ts';

const world = () => new WarmingWorld().begin();
const row = (from: WarmingWorld) => Object(from.test.rows(`conversation/${ID}`)[0]?.value);

it.each([[false], [undefined]])(
  'W13: switched off with %s while its model cannot be called, it stays off once it can',
  async (payload) => {
    const w = await world();
    await w.invoke('toggle', true);
    const { source } = w.test.models;
    w.test.models.source = () => undefined;
    expect(await w.invoke('toggle', payload)).toEqual({ kind: 'accepted' });
    w.test.models.source = source;
    expect((await w.look()).on).toBe(false);
    await w.test.advance(7_200_000);
    expect(w.sent()).toBe(0);
  },
);

it('an opt-in while it reads off takes the model that can be called', async () => {
  const w = await world();
  await w.invoke('toggle', true);
  w.test.models.source = (model) =>
    model === 'demo/other' ? { provider: 'demo', name: 'other' } : undefined;
  w.test.models.put(ID, { model: 'demo/other' });
  await w.invoke('toggle', true);
  expect((await w.look()).on).toBe(true);
  await w.test.advance(240_000);
  expect(w.test.models.warms.at(-1)?.call.model).toBe('demo/other');
});

it.each(['given-up', 'closed'] as const)(
  'W9: a warm refused as %s while nobody closed anything counts nothing and comes again an interval later',
  async (reason) => {
    const w = await world();
    w.test.models.answerWarms(() => ({ kind: 'refused', reason }));
    await w.invoke('toggle', true);
    await w.test.advance(240_000);
    expect(w.test.models.warms).toHaveLength(1);
    expect(await w.look()).toMatchObject({ on: true, nextWarmAt: w.now() + 240_000 });
    expect((await w.look()).stat('Last error')).toBeUndefined();
    expect(row(w)).toMatchObject({ failures: 0, ledger: { warms: 0 } });
  },
);

it('W9: a seal while the model cannot be called arms all the same', async () => {
  const w = await world();
  await w.invoke('toggle', true);
  const { source } = w.test.models;
  await w.startTurn();
  w.test.models.source = () => undefined;
  await w.sealTurn();
  w.test.models.source = source;
  expect(await w.look()).toMatchObject({ on: true, nextWarmAt: w.now() + 240_000 });
});

it('W9: so does a new budget', async () => {
  const w = await world();
  await w.invoke('toggle', true);
  await w.invoke('set-budget-idle', 1);
  await w.test.advance(240_000);
  expect((await w.look()).nextWarmAt).toBeNull();
  const { source } = w.test.models;
  w.test.models.source = () => undefined;
  await w.invoke('set-budget-idle', 0);
  w.test.models.source = source;
  expect(await w.look()).toMatchObject({ on: true, nextWarmAt: w.now() + 240_000 });
});

it('W9: a conversation that cannot be read at the moment changes nothing, and is logged once', async () => {
  const w = await world();
  await w.close();
  await w.invoke('toggle', true);
  const { get } = w.test.models.reads;
  w.test.models.reads.get = async () => {
    throw new Error('busy');
  };
  await w.test.advance(480_000);
  expect(await w.look()).toMatchObject({ on: false, nextWarmAt: null });
  expect((await w.look()).stat('Next decision')).toContain('could not be read');
  expect(row(w).enabled).toBe(true);
  expect(w.test.log.filter(({ level }) => level === 'warn')).toHaveLength(1);
  w.test.models.reads.get = get;
  expect((await w.look()).on).toBe(true);
  await w.test.advance(240_000);
  expect(w.sent()).toBe(1);
});

it('W9: a turn that was told and never stored does not hold the warming for good', async () => {
  const w = await world();
  await w.invoke('toggle', true);
  const turn = { conversationId: ID, turnId: 'gone', startedBy: 'user', model: MODEL, cwd: null };
  await w.test.tell(TURN_STARTED, turn);
  expect((await w.look()).nextWarmAt).toBeNull();
  await w.test.advance(5_001);
  expect((await w.look()).nextWarmAt).toBeGreaterThan(w.now());
  await w.test.advance(240_000);
  expect(w.sent()).toBe(1);
});

it('W4: a seal whose commit failed still knows the directory of its turn when it comes again', async () => {
  const w = await world();
  await w.invoke('toggle', true);
  await w.startTurn(MODEL, '/elsewhere');
  w.test.breakStore('storage-full');
  await w.sealTurn();
  expect(w.test.failures).toHaveLength(1);
  w.test.breakStore(undefined);
  await w.test.deliver();
  await w.test.advance(240_000);
  expect(w.test.models.warms.at(-1)?.call.cwd).toBe('/elsewhere');
});

it.each([
  ['a later version', { version: 2 }],
  ['a broken ledger', { ledger: { spentMicros: 'much' } }],
  ['a broken budget', { budget: {} }],
  ['a broken prompt', { prompt: { model: MODEL } }],
  ['a broken last warm', { last: 7 }],
  ['broken warms', { warms: [null] }],
  ['an unknown pause', { pause: 'forever' }],
])('W8: a row with %s reads off and says so', async (_name, broken) => {
  const w = await world();
  await w.invoke('toggle', true);
  w.test.plant(`conversation/${ID}`, { ...row(w), ...broken });
  await w.restart();
  const shown = await w.look();
  expect(shown).toMatchObject({ on: false, nextWarmAt: null });
  expect(shown.stat('Next decision')).toContain('could not be restored');
  await w.startTurn();
  await w.sealTurn();
  await w.test.advance(7_200_000);
  expect(w.sent()).toBe(0);
  expect(w.test.failures).toEqual([]);
});

it('a conversation nobody ever writes to is given up, and leaves no row', async () => {
  const w = await world();
  const there = { conversationId: 'ghost' };
  await w.test.invoke(CACHE_WARMING_SURFACE_ID, 'cache-warming/toggle', true, there);
  expect(w.test.rows('conversation/ghost')).toHaveLength(1);
  await w.test.advance(86_400_000);
  expect(w.test.models.warms.filter(({ call }) => call.conversationId === 'ghost')).toHaveLength(10);
  expect(w.test.rows('conversation/ghost')).toEqual([]);
  expect(w.test.timers()).toEqual([]);
  const shown = seen(await w.test.surfaces.show(CACHE_WARMING_SURFACE_ID, there));
  expect(shown.on).toBe(false);
  expect(shown.stat('Next decision')).toContain('nothing to warm');
});

it('the row of one that cost something stays when it is given up', async () => {
  const w = await world();
  await w.invoke('toggle', true);
  await w.test.advance(240_000);
  await w.endWarm('ok');
  w.test.models.answerWarms(() => ({ kind: 'refused', reason: 'no-history' }));
  await w.test.advance(86_400_000);
  expect(w.test.models.warms).toHaveLength(11);
  expect(row(w)).toMatchObject({ enabled: false, ledger: { warms: 1 } });
  expect(w.test.timers()).toEqual([]);
});
