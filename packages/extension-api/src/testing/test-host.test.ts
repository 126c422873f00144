import { describe, expect, it } from 'vitest';
import {
  defineFilter,
  defineHook,
  defineService,
  type ExtensionHost,
  type ExtensionManifest,
  RouteError,
  type Surface,
  SurfaceRefusal,
  stat,
  TURN_STARTED,
} from '../index.ts';
import { createTestHost } from './index.ts';

const manifest = (more: Partial<ExtensionManifest> = {}): ExtensionManifest => ({
  id: 'notes',
  name: 'Notes',
  version: '1.0.0',
  apiVersion: '*',
  capabilities: { db: true },
  ...more,
});

async function activated(activate: (host: ExtensionHost) => void, more: Partial<ExtensionManifest> = {}) {
  const test = createTestHost({ manifest: manifest(more) });
  await test.activate({ activate });
  return test;
}

const surface = (more: Partial<Surface> = {}): Surface => ({
  id: 'notes',
  title: 'Notes',
  region: 'side',
  scope: 'conversation',
  audience: 'conversation',
  getFields: ({ conversationId }) => [stat('Of', conversationId)],
  ...more,
});

describe('what is declared is enforced', () => {
  it('a contribution that is not declared, is declared and missing, or comes too late', async () => {
    const adding = (host: ExtensionHost) => void host.addSurface(surface());
    await expect(activated(adding)).rejects.toMatchObject({ code: 'invalid' });
    await expect(activated(() => {}, { contributes: { tools: ['roll'] } })).rejects.toMatchObject({
      code: 'invalid',
    });
    const test = await activated(adding, { contributes: { surfaces: ['notes'] } });
    expect(() => test.host.addSurface(surface())).toThrow(expect.objectContaining({ code: 'too-late' }));
    expect(() => test.host.on(TURN_STARTED, () => {})).toThrow(expect.objectContaining({ code: 'too-late' }));
  });

  it('a capability that is not declared', async () => {
    const { host } = await activated(() => {}, { capabilities: {} });
    const missing = expect.objectContaining({ code: 'missing-capability' });
    for (const use of [
      () => host.storage,
      () => host.timers,
      () => host.conversations,
      () => host.models,
      () => host.commit({}),
      () => host.onTimer(() => undefined),
    ]) {
      expect(use).toThrow(missing);
    }
  });

  it('hooks, filters and events of somebody else', async () => {
    const hook = defineHook<number>('other/said');
    const { host } = await activated(() => {});
    expect(() => host.emit(hook, 1)).toThrow(expect.objectContaining({ code: 'invalid' }));
    await expect(host.applyFilter(defineFilter('other/f'), 1, 2)).rejects.toMatchObject({ code: 'invalid' });
    const events = [{ name: 'other.happened', payload: 1 }];
    await expect(host.commit({ events })).rejects.toMatchObject({ code: 'invalid' });
  });
});

describe('rows', () => {
  it('are written all or not at all, and only over the version that was expected', async () => {
    const { host } = await activated(() => {});
    expect(await host.commit({ put: [{ key: 'a', value: 1 }] })).toBe('committed');
    const put = [{ key: 'b', value: 2 }];
    expect(await host.commit({ put, expect: [{ key: 'a', version: null }] })).toBe('conflict');
    expect(await host.storage.get('b')).toBeUndefined();
    expect(await host.commit({ put, expect: [{ key: 'a', version: 1 }] })).toBe('committed');
    expect((await host.storage.list('', { after: 'a' })).map(({ key }) => key)).toEqual(['b']);
    await expect(host.commit({ put: [{ key: 'c', value: Number.NaN }] })).rejects.toMatchObject({
      code: 'invalid',
    });
    await expect(host.commit({ put: [{ key: '', value: 1 }] })).rejects.toMatchObject({ code: 'invalid' });
  });

  it('are not written while the store is broken', async () => {
    const test = await activated(() => {});
    test.breakStore('storage-full');
    await expect(test.host.commit({})).rejects.toMatchObject({ code: 'storage-full' });
  });
});

describe('timers', () => {
  it('fire in order, once, whatever the time of day does; those set to a time of day follow it', async () => {
    const fired: string[] = [];
    const test = await activated((host) => host.onTimer(({ key }) => void fired.push(key)));
    const at = test.clock.now() + 3_600_000;
    const set = [
      { key: 'late', afterMs: 2_000 },
      { key: 'early', afterMs: 1_000 },
      { key: 'wall', at },
    ];
    await test.host.commit({ timers: { set } });
    await test.jump(3_599_000);
    expect(fired).toEqual([]);
    await test.advance(1_000);
    expect(new Set(fired)).toEqual(new Set(['early', 'wall']));
    expect(await test.host.timers.remainingMs('late')).toBe(1_000);
    await test.advance(10_000);
    expect(fired).toHaveLength(3);
    expect(test.timers()).toEqual([]);
  });

  it('come again, later, when their handler throws, and stay when they were set again', async () => {
    const attempts: number[] = [];
    const test = await activated((host) =>
      host.onTimer(({ attempt }) => {
        attempts.push(attempt);
        if (attempt === 0) throw new Error('not yet');
        return { timers: { set: [{ key: 't', afterMs: 60_000 }] } };
      }),
    );
    await test.host.commit({ timers: { set: [{ key: 't', afterMs: 1 }] } });
    await test.advance(1_001);
    expect(attempts).toEqual([0, 1]);
    expect(test.failures).toHaveLength(1);
    expect(await test.host.timers.remainingMs('t')).toBe(60_000);
  });
});

it('events come in order and at least once; what a listener answers is committed with the cursor', async () => {
  const got: number[] = [];
  let broken = true;
  const test = await activated((host) =>
    host.onEvent('plan.made', ({ id }) => {
      if (broken) throw new Error('no');
      got.push(id);
      return { put: [{ key: 'last', value: id }] };
    }),
  );
  test.append('plan.made', { at: 1 });
  test.append('plan.made', { at: 2 });
  await test.deliver();
  expect(got).toEqual([]);
  broken = false;
  await test.deliver();
  await test.deliver(1);
  expect(got).toEqual([1, 2, 2]);
  expect(test.rows()).toMatchObject([{ key: 'last', value: 2, version: 3 }]);
});

it('a restart takes what was in memory, keeps what was stored, and what was waited for never comes', async () => {
  const fired: number[] = [];
  const test = await activated((host) => {
    let count = 0;
    host.onTimer(async ({ attempt }) => {
      count += 1;
      fired.push(attempt);
      if (attempt === 0) await new Promise(() => {});
      return { put: [{ key: 'count', value: count }] };
    });
  });
  const before = test.host;
  await before.commit({ timers: { set: [{ key: 't', afterMs: 10 }] } });
  await test.advance(10);
  await test.restart();
  expect(fired).toEqual([0, 1]);
  expect(test.rows()).toMatchObject([{ key: 'count', value: 1 }]);
  let came = false;
  void before.commit({ delete: ['count'] }).then(() => {
    came = true;
  });
  await test.advance(1);
  expect(came).toBe(false);
  expect(test.rows()).toHaveLength(1);
});

describe('surfaces', () => {
  it('one update for an accepted action, none for a refused one, one for the changes of one moment', async () => {
    const test = await activated(
      (host) => {
        const handle = host.addSurface(
          surface({
            invoke: (actionId, _payload, { conversationId }) => {
              handle.changed(conversationId === undefined ? {} : { conversationId });
              handle.changed();
              if (actionId !== 'notes/add') throw new SurfaceRefusal('No.', 'unknown-action');
            },
          }),
        );
      },
      { contributes: { surfaces: ['notes'] } },
    );
    const [a, b] = [
      await test.surfaces.subscribe('notes', { conversationId: 'a' }),
      await test.surfaces.subscribe('notes', { conversationId: 'b' }),
    ];
    expect(await test.invoke('notes', 'notes/add', 1, { conversationId: 'a' })).toEqual({ kind: 'accepted' });
    expect(a.updates).toHaveLength(1);
    expect(a.latest().fields).toEqual([stat('Of', 'a')]);
    expect(b.updates).toHaveLength(1);
  });
});

it('routes get what fits their schema, and answer errors in one shape', async () => {
  const route = { method: 'POST', path: '/x/notes/add', scope: 'chat:write' } as const;
  const body = { type: 'object', required: ['text'], properties: { text: { type: 'string', maxLength: 3 } } };
  const test = await activated(
    (host) =>
      host.addRoute({
        ...route,
        body,
        handle: ({ body: given, userId }) => {
          if (Object(given).text === 'bad') throw new RouteError('not-found', 'None.', 'Look again.');
          return { userId };
        },
      }),
    { contributes: { routes: ['POST /x/notes/add'] } },
  );
  const call = (text: string | number) => test.call('POST /x/notes/add', { body: { text } });
  expect(await call('ok')).toEqual({ ok: true, body: { userId: 'user' } });
  expect(await call('bad')).toEqual({ ok: false, code: 'not-found', message: 'None.', hint: 'Look again.' });
  expect(await call(7)).toMatchObject({ code: 'invalid-request' });
  expect(await call('long')).toMatchObject({ code: 'invalid-request' });
});

it('services and filters pass copies', async () => {
  const ref = defineService<{ add(input: { n: number }): number }>('notes/sum');
  const filter = defineFilter<readonly string[], null>('kernel/turn-tools');
  const test = await activated(
    (host) => {
      host.provideService(ref, { add: ({ n }) => n + 1 });
      host.addFilter(filter, (names) => names.filter((name) => name !== 'roll'));
      host.addFilter(filter, () => Promise.reject(new Error('broken')), -1);
    },
    { contributes: { services: ['notes/sum'] } },
  );
  expect(await test.service(ref).add({ n: 1 })).toBe(2);
  expect(await test.filter(filter, ['roll', 'read'], null)).toEqual(['read']);
  expect(test.failures).toHaveLength(1);
});
