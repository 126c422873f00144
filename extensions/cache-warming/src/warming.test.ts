import { TURN_STARTED } from '@dispatch/extension-api';
import { expect, it } from 'vitest';
import { ID, MODEL, seen, WarmingWorld } from './__fixtures__/warming-world.ts';

const world = () => new WarmingWorld().begin();
const row = (from: WarmingWorld) => Object(from.test.rows(`conversation/${ID}`)[0]?.value);

it('without a conversation there is one stat and nothing to switch', async () => {
  const { test } = await world();
  const spec = await test.surfaces.show('cache-warming');
  expect(spec).toEqual({
    id: 'cache-warming',
    region: 'side',
    title: 'Cache Warming',
    fields: [{ kind: 'stat', label: 'Status', value: 'No conversation focused' }],
  });
  expect(await test.invoke('cache-warming', 'cache-warming/toggle', true)).toMatchObject({ kind: 'refused' });
});

it('J.1: the first five fields are what old clients look for, and no stat behind them says retention', async () => {
  const w = await world();
  await w.startTurn();
  await w.sealTurn();
  await w.invoke('set-interval', 600);
  await w.invoke('toggle', true);
  await w.test.advance(600_000);
  await w.endWarm('fail');
  const { fields } = w.reader!.latest();
  const named = fields.map((field) => (field.kind === 'custom' ? field.rendererId : field.label));
  expect(named.slice(0, 5)).toEqual([
    'Enabled',
    'Refresh Interval',
    'Last Cache %',
    'Cache retention',
    'cache-warming-timer',
  ]);
  expect(fields[1]).toMatchObject({ value: 600, min: 1, max: 3_300, step: 1, unit: 's' });
  const later = fields.slice(5).filter(({ kind }) => kind === 'stat');
  expect(later.map((field) => Object(field).label)).toContain('Last error');
  expect(later.map((field) => Object(field).label)).toContain('Advice');
  expect(later.filter((field) => /retention/i.test(Object(field).label))).toEqual([]);
  expect(fields.filter(({ kind }) => kind === 'toggle')).toHaveLength(1);
  expect(fields.filter(({ kind }) => kind === 'number')[0]).toBe(fields[1]);
});

it('an action nobody knows is refused as such', async () => {
  const w = await world();
  expect(await w.invoke('destroy')).toMatchObject({ kind: 'refused', code: 'unknown-action' });
});

it('W2: an interval set before the opt-in counts, and makes no row', async () => {
  const w = await world();
  await w.invoke('set-interval', { value: 10 });
  expect(w.test.rows()).toEqual([]);
  await w.invoke('toggle');
  expect((await w.look()).nextWarmAt).toBe(w.now() + 10_000);
  await w.invoke('toggle');
  await w.restart();
  await w.invoke('toggle');
  expect((await w.look()).nextWarmAt).toBe(w.now() + 10_000);
});

it('W4: the seal of a turn does not arm while the next one runs', async () => {
  const w = await world();
  await w.invoke('toggle', true);
  await w.startTurn();
  await w.sealTurn(false);
  await w.startTurn();
  await w.test.deliver();
  expect((await w.look()).nextWarmAt).toBeNull();
  await w.test.advance(3_600_000);
  expect(w.sent()).toBe(0);
  await w.sealTurn();
  expect((await w.look()).nextWarmAt).toBe(w.now() + 240_000);
});

it('W4: the newest turn says which model and directory are warmed, also behind a restart', async () => {
  const w = await world();
  await w.invoke('toggle', true);
  await w.startTurn('demo/other', '/elsewhere');
  await w.sealTurn(true, { model: 'demo/other' });
  await w.restart();
  await w.test.advance(240_000);
  expect(w.test.models.warms.at(-1)?.call).toMatchObject({
    model: 'demo/other',
    cwd: '/elsewhere',
    closes: 0,
  });
});

it('W4: a version that asks another model, this time only, leaves the model of the conversation warm', async () => {
  const w = await world();
  await w.invoke('toggle', true);
  await w.startTurn();
  await w.sealTurn();
  w.test.models.put(ID, { runningTurnId: 'again', status: 'active' });
  const version = {
    conversationId: ID,
    turnId: 'again',
    startedBy: 'user',
    model: 'demo/other',
    cwd: '/work',
  };
  await w.test.tell(TURN_STARTED, version);
  await w.sealTurn(true, { model: 'demo/other' });
  await w.test.advance(240_000);
  expect(w.test.models.warms.at(-1)?.call).toMatchObject({ model: MODEL });
});

it('W4: a turn that asks for a model nobody provides does not end the warming of the one before', async () => {
  const w = await world();
  await w.invoke('toggle', true);
  w.test.models.source = (model) => (model === MODEL ? { provider: 'demo', name: 'prose' } : undefined);
  await w.startTurn('nobody/none');
  await w.sealTurn(true, { model: 'nobody/none', reason: 'error' });
  expect(await w.look()).toMatchObject({ on: true, nextWarmAt: w.now() + 240_000 });
  await w.test.advance(240_000);
  expect(w.test.models.warms.at(-1)?.call.model).toBe(MODEL);
});

it('W6: a close wins over a warm in flight, a late event and a restart; an opt-in behind it counts', async () => {
  const w = await world();
  await w.invoke('toggle', true);
  await w.test.advance(240_000);
  await w.close(false);
  expect((await w.look()).on).toBe(false);
  await w.endWarm('ok');
  expect((await w.look()).nextWarmAt).toBeNull();
  await w.test.advance(7_200_000);
  await w.restart();
  await w.test.advance(7_200_000);
  expect(w.sent()).toBe(1);
  await w.close(false);
  await w.invoke('toggle', true);
  await w.test.deliver();
  expect((await w.look()).on).toBe(true);
});

it('closing a conversation nobody opted in makes no row', async () => {
  const w = await world();
  await w.close();
  expect(w.test.rows()).toEqual([]);
  expect(w.updates()).toBe(1);
});

it.each(['intervalMs', 'model', 'cwd', 'closes'])(
  'W8: without its %s it reads off and sends nothing',
  async (name) => {
    const w = await world();
    await w.invoke('toggle', true);
    const { [name]: _gone, ...rest } = row(w);
    w.test.plant(`conversation/${ID}`, rest);
    await w.restart();
    const shown = await w.look();
    expect(shown).toMatchObject({ on: false, nextWarmAt: null });
    expect(shown.stat('Next decision')).toContain('could not be restored');
    await w.test.advance(7_200_000);
    expect(w.sent()).toBe(0);
  },
);

it('W8: a model that no credential provides any more reads off, and says so', async () => {
  const w = await world();
  await w.invoke('toggle', true);
  w.test.models.source = () => undefined;
  await w.restart();
  const shown = await w.look();
  expect(shown.on).toBe(false);
  expect(shown.stat('Next decision')).toContain(MODEL);
  await w.test.advance(7_200_000);
  expect(w.sent()).toBe(0);
  expect(await w.invoke('toggle', true)).toMatchObject({ kind: 'refused' });
});

it('W8: it goes on once its model can be called again', async () => {
  const w = await world();
  await w.invoke('toggle', true);
  const { source } = w.test.models;
  w.test.models.source = () => undefined;
  await w.restart();
  await w.test.advance(7_200_000);
  expect([(await w.look()).on, w.sent()]).toEqual([false, 0]);
  w.test.models.source = source;
  await w.restart();
  expect((await w.look()).on).toBe(true);
  await w.test.advance(240_000);
  expect(w.sent()).toBe(1);
});

it('W9: the wait doubles with each failure up to 3,300 s, and one success ends that', async () => {
  const w = await world();
  await w.invoke('toggle', true);
  for (const seconds of [240, 480, 960, 1_920, 3_300, 3_300]) {
    const { nextWarmAt } = await w.look();
    await w.test.advance(nextWarmAt! - w.now());
    await w.endWarm('fail');
    const shown = seen(w.reader!.latest());
    expect(shown.nextWarmAt).toBe(w.now() + seconds * 1_000);
    expect(shown.stat('Last error')).toBe('The provider is overloaded.');
  }
  await w.test.advance(3_300_000);
  await w.endWarm('ok');
  expect((await w.look()).nextWarmAt).toBe(w.now() + 240_000);
  expect((await w.look()).stat('Last error')).toBeUndefined();
});

it('a warm that was under way when the process died counts as failed, and comes an interval later', async () => {
  const w = await world();
  await w.invoke('toggle', true);
  await w.test.advance(240_000);
  expect(w.sent()).toBe(1);
  await w.restart();
  expect(await w.look()).toMatchObject({ on: true, nextWarmAt: w.now() + 240_000 });
  expect((await w.look()).stat('Last error')).toContain('stopped while it warmed');
  expect(row(w).ledger).toMatchObject({ warms: 1, unpricedWarms: 1 });
  await w.test.advance(239_999);
  expect(w.sent()).toBe(1);
  await w.test.advance(1);
  expect(w.sent()).toBe(2);
});

it('W12: eight hours of sleep cost one warm', async () => {
  const w = await world();
  await w.invoke('set-interval', 10);
  await w.invoke('toggle', true);
  w.test.clock.pass(8 * 3_600_000);
  await w.test.advance(0);
  expect(w.sent()).toBe(1);
  await w.endWarm('ok');
  expect(w.sent()).toBe(1);
});

it('a repeated hook, and one that comes behind the end of its turn, do not stop the schedule for good', async () => {
  const w = await world();
  await w.invoke('toggle', true);
  await w.startTurn();
  const { runningTurnId } = w.facts();
  const turn = { conversationId: ID, turnId: runningTurnId!, startedBy: 'user', model: MODEL, cwd: null };
  await w.test.tell(TURN_STARTED, turn);
  await w.sealTurn();
  expect((await w.look()).nextWarmAt).not.toBeNull();
});

it('nothing is lost that could not be written: the timer comes again', async () => {
  const w = await world();
  await w.invoke('toggle', true);
  w.test.breakStore('storage-full');
  await w.test.advance(240_000);
  expect(w.sent()).toBe(0);
  w.test.breakStore(undefined);
  await w.test.advance(60_000);
  expect(w.sent()).toBe(1);
});
