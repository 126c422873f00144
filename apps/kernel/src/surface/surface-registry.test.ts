import { type SurfaceHandle, SurfaceRefusal, stat } from '@dispatch/extension-api';
import { beforeEach, describe, expect, it } from 'vitest';
import { createVirtualClock, type VirtualClock } from '../turn/__fixtures__/virtual-clock.ts';
import { counterSurface } from './__fixtures__/counter-surface.ts';
import { createSurfaceRegistry, type SurfaceRegistry } from './surface-registry.ts';

const ME = { userId: 'usr_me' };

let clock: VirtualClock;
let registry: SurfaceRegistry;
let failures: string[];
let told: string[];
beforeEach(() => {
  clock = createVirtualClock();
  failures = [];
  told = [];
  registry = createSurfaceRegistry({
    clock,
    onFailure: (extensionId, what, error) => failures.push(`${extensionId}: ${what}: ${error}`),
  });
  registry.connect({
    changed: (surface, of) => told.push(`${surface.id} ${JSON.stringify(of)}`),
    acted: async (surface, context) => told.push(`acted ${surface.id} ${JSON.stringify(context)}`),
    removed: (id) => told.push(`removed ${id}`),
  });
});

describe('the catalog', () => {
  it('lists surfaces as they were added, and tells each change', () => {
    const seen: string[][] = [];
    const stop = registry.onCatalog((catalog) => seen.push(catalog.map(({ id }) => id)));
    registry.add(counterSurface({ id: 'b' }), 'x');
    registry.add(counterSurface({ id: 'a', scope: 'global' }), 'y');
    registry.add(counterSurface({ id: 'c' }), 'x');
    registry.removeOf('nobody');
    registry.removeOf('x');
    stop();
    registry.add(counterSurface({ id: 'd' }), 'x');
    expect(seen).toEqual([['b'], ['b', 'a'], ['b', 'a', 'c'], ['a']]);
    expect(registry.catalog[0]).toEqual({ id: 'a', region: 'side', title: 'Counter', scope: 'global' });
    expect(told).toEqual(['removed b', 'removed c']);
    expect([registry.has('b'), registry.has('d')]).toEqual([false, true]);
  });

  it.each([
    { id: 'Not Kebab' },
    { id: '' },
    { id: 'x'.repeat(129) },
    { title: '' },
    { region: 5 as never },
    { scope: 'side' as never },
    { audience: 'nobody' as never },
  ])('refuses what is no surface: %j', (fields) => {
    expect(() => registry.add(counterSurface(fields), 'x')).toThrow(/surface/);
    expect(registry.catalog).toEqual([]);
  });

  it('refuses an id that is taken, and the handle of a surface that is gone says nothing', () => {
    const handle = registry.add(counterSurface(), 'x');
    expect(() => registry.add(counterSurface(), 'y')).toThrow('already there');
    handle.changed({ conversationId: 'c' });
    registry.removeOf('x');
    registry.add(counterSurface(), 'y');
    handle.changed();
    expect(told).toEqual(['counter {"conversationId":"c"}', 'removed counter']);
  });
});

describe('what a surface shows', () => {
  it('ruling 14: a global surface is asked without a conversation, one for everyone without a user', async () => {
    const global = counterSurface({ id: 'g', scope: 'global', audience: 'user' });
    const all = counterSurface({ id: 'e', audience: 'everyone' });
    for (const surface of [global, all]) {
      registry.add(surface, 'x');
      await registry.spec(surface.id, { ...ME, conversationId: 'c' });
    }
    expect(global.asked).toEqual([ME]);
    expect(all.asked).toEqual([{ userId: '', conversationId: 'c' }]);
  });

  it.each([
    ['throws', () => Promise.reject(new Error('secret words')), /secret words/],
    [
      'throws at once',
      () => {
        throw new Error('at once');
      },
      /at once/,
    ],
    ['is over 1 MiB', () => [stat('x', 'ä'.repeat(600_000))], /larger than/],
    ['never ends', () => Array.from({ length: 2_000_000 }, () => stat('a', 'b')), /larger than/],
    ['is deep', () => [custom(deep(40))], /deeper/],
    ['goes round', () => [custom(round())], /deeper/],
    ['holds a function', () => [custom({ toJSON: () => 1 })], /JSON does not have/],
    ['holds a date', () => [custom(new Date(0))], /JSON does not have/],
    ['holds NaN', () => [{ kind: 'progress', label: 'x', value: Number.NaN }], /JSON does not have/],
    ['is none', () => undefined, /JSON does not have|not valid/],
    ['has an unknown kind', () => [{ kind: 'chart', label: 'x' }], /not valid: fields.0/],
  ])(
    'a surface that %s is an error without its words, reported and no crash',
    async (_, getFields, reason) => {
      registry.add(counterSurface({ getFields: getFields as never }), 'x');
      const failure = await registry.spec('counter', ME).catch((error: unknown) => error);
      expect(failure).toMatchObject({
        code: 'action-failed',
        message: expect.not.stringContaining('secret'),
      });
      expect(failures).toHaveLength(1);
      expect(failures[0]).toMatch(/^x: surface "counter": /);
      expect(failures[0]).toMatch(reason);
    },
  );

  it('a surface that hangs is given up after two seconds', async () => {
    registry.add(counterSurface({ getFields: () => new Promise(() => undefined) }), 'x');
    const asked = registry.spec('counter', ME).catch(({ code }) => code);
    await clock.advance(1_999);
    expect(failures).toEqual([]);
    await clock.advance(1);
    expect(await asked).toBe('action-failed');
    expect(clock.armed).toBe(0);
  });
});

describe('actions', () => {
  it('go to the surface with who asks; the update follows what they changed', async () => {
    const surface = counterSurface();
    const handle: SurfaceHandle = registry.add(surface, 'x');
    const other = registry.add(counterSurface({ id: 'other' }), 'x');
    surface.during = async () => {
      handle.changed({ conversationId: 'c' });
      await Promise.resolve();
      other.changed();
      handle.changed({ conversationId: 'another' });
      expect(told).toEqual(beside);
    };
    const beside = ['other {}', 'counter {"conversationId":"another"}'];
    const context = { ...ME, conversationId: 'c' };
    await registry.invoke('counter', 'raise', 1, context);
    expect(surface.acted).toEqual([context]);
    expect(told).toEqual([
      ...beside,
      `acted counter ${JSON.stringify(context)}`,
      'counter {"conversationId":"c"}',
    ]);
    expect(clock.armed).toBe(0);
  });

  it('hold back changes of their view for a second, not longer', async () => {
    const surface = counterSurface();
    const handle = registry.add(surface, 'x');
    surface.during = async () => {
      handle.changed();
      await clock.sleep(1_001);
      handle.changed();
      await clock.sleep(1);
    };
    const acting = registry.invoke('counter', 'raise', 1, { ...ME, conversationId: 'c' });
    await clock.advance(1_001);
    expect(told).toEqual(['counter {}']);
    await clock.advance(1);
    await acting;
    expect(told).toHaveLength(3);
  });

  it.each([
    ['counter', 'refuse', { code: 'action-refused', message: 'not now' }],
    ['counter', 'nonsense', { code: 'unknown-action', message: 'there is no such action' }],
    ['nothing', 'raise', { code: 'unknown-surface' }],
    ['still', 'raise', { code: 'unknown-action' }],
  ])('U4: %s/%s is refused with a code, and nothing is told', async (id, action, refusal) => {
    registry.add(counterSurface(), 'x');
    const { invoke: _, ...still } = counterSurface({ id: 'still' });
    registry.add(still, 'x');
    await expect(
      registry.invoke(id, action, undefined, { ...ME, conversationId: 'c' }),
    ).rejects.toMatchObject(refusal);
    expect([told, failures]).toEqual([[], []]);
  });

  it('U4: a refusal is told in one line, whatever words its extension took over', async () => {
    const surface = counterSurface();
    registry.add(surface, 'x');
    const context = { ...ME, conversationId: 'c' };
    for (const [said, message] of [
      ['no "a\u0000\r\nb\u2028c"', 'no "a b c"'],
      ['\n', 'this cannot be done'],
    ]) {
      surface.during = () => {
        throw new SurfaceRefusal(said ?? '');
      };
      await expect(registry.invoke('counter', 'raise', undefined, context)).rejects.toMatchObject({
        code: 'action-refused',
        message,
      });
    }
  });

  it("U4: without a conversation a conversation's surface acts on nothing; a global one acts", async () => {
    const surface = counterSurface();
    const global = counterSurface({ id: 'g', scope: 'global' });
    for (const one of [surface, global]) registry.add(one, 'x');
    await expect(registry.invoke('counter', 'raise', undefined, ME)).rejects.toMatchObject({
      code: 'invalid-request',
    });
    await registry.invoke('g', 'raise', undefined, { ...ME, conversationId: 'c' });
    expect([surface.acted, global.acted]).toEqual([[], [ME]]);
  });

  it('U4: one that breaks or hangs fails without its words, and what it had changed is told', async () => {
    const surface = counterSurface();
    const handle = registry.add(surface, 'x');
    const context = { ...ME, conversationId: 'c' };
    surface.during = () => {
      handle.changed();
      throw new Error('secret');
    };
    const failure = await registry.invoke('counter', 'raise', undefined, context).catch((error) => error);
    expect(failure).toMatchObject({ code: 'action-failed', message: expect.not.stringContaining('secret') });
    expect(failures).toEqual(['x: action "raise" of surface "counter": Error: secret']);
    expect(told).toEqual(['counter {}']);
    surface.during = () => new Promise(() => undefined);
    const hanging = registry.invoke('counter', 'raise', undefined, context).catch(({ code }) => code);
    await clock.advance(30_000);
    expect(await hanging).toBe('action-failed');
    expect(told).toHaveLength(1);
  });
});

function custom(payload: unknown) {
  return { kind: 'custom', rendererId: 'x', payload };
}

function deep(levels: number): unknown {
  return levels === 0 ? 1 : [deep(levels - 1)];
}

function round(): unknown {
  const self: { self?: unknown } = {};
  self.self = self;
  return self;
}
