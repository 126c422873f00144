import type { DomainEvent } from '@dispatch/extension-api';
import { describe, expect, it } from 'vitest';
import { settle } from '../turn/__fixtures__/virtual-clock.ts';
import { activateAll, extension, reasonsOf, surface } from './__fixtures__/activate.ts';

const db = { capabilities: { db: true } };

describe('domain events', () => {
  const reading = (seen: unknown[], fail: (event: DomainEvent) => boolean = () => false) =>
    extension(
      'reader',
      (host) =>
        host.onEvent('turn.sealed', (event) => {
          if (fail(event as never)) throw new Error('not yet');
          seen.push(event.id);
          return { put: [{ key: 'last', value: event.id }] };
        }),
      db,
    );

  it('come in order, each with the commit it answered, those of another name passed over', async () => {
    const seen: unknown[] = [];
    const { store, start, stop } = await activateAll([reading(seen)]);
    await start();
    await settle();
    for (const name of ['turn.sealed', 'other', 'turn.sealed', 'turn.sealed']) store.append(name, {});
    await settle();
    await settle();
    expect(seen).toEqual([1, 3, 4]);
    expect(await store.row('reader', 'last')).toMatchObject({ value: 4, version: 3 });
    expect(store.tables.cursors['reader']).toBe(4);
    await stop();
  });

  it('what happened while the extension was away comes first; what was before it first came never', async () => {
    const seen: unknown[] = [];
    const first = await activateAll([reading(seen)]);
    first.store.append('turn.sealed', {});
    await first.start();
    await settle();
    first.store.append('turn.sealed', {});
    await settle();
    await first.stop();
    first.store.append('turn.sealed', {});
    const second = await activateAll([reading(seen)], { store: first.store });
    await second.start();
    await settle();
    expect(seen).toEqual([2, 3]);
    await second.stop();
  });

  it('one that fails is handed over again, and nothing behind it overtakes', async () => {
    const seen: unknown[] = [];
    let failures = 3;
    const { store, start, stop, clock } = await activateAll([reading(seen, () => failures-- > 0)]);
    await start();
    await settle();
    store.append('turn.sealed', {});
    store.append('turn.sealed', {});
    while (seen.length < 2) await settle();
    expect(seen).toEqual([1, 2]);
    expect(clock.mono()).toBeGreaterThanOrEqual(500 + 1_000 + 2_000);
    await stop();
  });

  it.each<[string, () => Promise<never>]>([
    ['throws', () => Promise.reject(new Error('never'))],
    ['hangs', () => new Promise(() => {})],
  ])(
    'a listener that always %s disables its extension with a visible reason, and its dependants',
    async (_, fail) => {
      const facts: string[] = [];
      const bad = extension(
        'bad',
        (host) => {
          host.addSurface(surface('s'));
          host.onEvent('turn.sealed', fail);
        },
        { ...db, contributes: { surfaces: ['s'] } },
      );
      const watching = extension('watching', (host) => host.onExtensionsChanged(() => facts.push('changed')));
      const activated = await activateAll([
        bad,
        extension('needy', () => {}, { dependsOn: ['bad'] }),
        watching,
      ]);
      await activated.start();
      await settle();
      activated.store.append('turn.sealed', {});
      while (Object.keys(reasonsOf(activated)).length < 2) await settle();
      expect(reasonsOf(activated)['bad']).toMatch(/it kept failing; its listener of turn\.sealed: /);
      expect(reasonsOf(activated)['needy']).toBe('it depends on "bad", which is disabled');
      expect(activated.surfaces.size).toBe(0);
      expect(facts.length).toBeGreaterThan(0);
      await activated.stop();
    },
  );

  it('a full disk is nobody’s fault: the event waits', async () => {
    const seen: unknown[] = [];
    const activated = await activateAll([reading(seen)]);
    const { store, start, stop } = activated;
    await start();
    await settle();
    store.isFull = true;
    store.append('turn.sealed', {});
    for (let round = 0; round < 100; round += 1) await settle();
    expect(reasonsOf(activated)).toEqual({});
    expect(store.tables.cursors['reader']).toBe(0);
    store.isFull = false;
    while (store.tables.cursors['reader'] !== 1) await settle();
    await stop();
  });
});
