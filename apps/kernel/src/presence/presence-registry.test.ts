import { describe, expect, it } from 'vitest';
import { presenceWorld } from './__fixtures__/presence-world.ts';

const A = 'usr_a';
const B = 'usr_b';

describe('presence', () => {
  it('P2: is the first connection on and, a grace behind it, the last one off', async () => {
    const world = await presenceWorld();
    const gateway = world.gateway();
    const watcher = gateway.open('w', B);
    await world.pass(2_000);
    gateway.open('a1', A);
    gateway.open('a2', A);
    await world.pass(2_000);
    gateway.close('a1');
    await world.pass(20_000);
    expect(watcher.changes).toEqual([`${B} online`, `${A} online`]);
    gateway.close('a2');
    await world.pass(9_999);
    expect(watcher.changes).toHaveLength(2);
    await world.pass(1_001);
    expect(watcher.changes.at(-1)).toBe(`${A} offline`);
  });

  it('P3: coming back within the grace is told to nobody', async () => {
    const world = await presenceWorld();
    const gateway = world.gateway();
    const watcher = gateway.open('w', B);
    gateway.open('a', A);
    await world.pass(3_000);
    const told = watcher.updates.length;
    for (let reload = 0; reload < 100; reload += 1) {
      gateway.close('a');
      await world.pass(reload % 2 === 0 ? 9_000 : 10);
      gateway.open('a', A);
      await world.pass(10);
    }
    expect(watcher.updates).toHaveLength(told);
  });

  it('P2: the end of a link is the end of what was open on it, and of nothing else', async () => {
    const world = await presenceWorld();
    const [one, other] = [world.gateway(), world.gateway()];
    const watcher = other.open('w', B);
    one.open('a', A);
    one.open('b', B);
    await world.pass(2_000);
    one.cut();
    await world.pass(12_000);
    expect(watcher.changes).toEqual([`${B} online`, `${A} online`, `${A} offline`]);
  });

  it('P3: nobody flickers when the kernel starts again; who left meanwhile is told a grace later', async () => {
    const world = await presenceWorld();
    const gateway = world.gateway();
    const watcher = gateway.open('w', B);
    gateway.open('a', A);
    gateway.open('c', 'usr_c');
    await world.pass(2_000);
    gateway.cut();
    gateway.close('c');
    await world.restart();
    const before = watcher.changes.length;
    await world.pass(1_000);
    gateway.link();
    await world.pass(8_000);
    expect(watcher.changes).toHaveLength(before);
    await world.pass(3_000);
    expect(watcher.changes.slice(before)).toEqual(['usr_c offline']);
  });

  it('tells at most one frame a second, and all of it', async () => {
    const world = await presenceWorld();
    const gateway = world.gateway();
    const watcher = gateway.open('w', B);
    for (let n = 0; n < 50; n += 1) {
      gateway.open(`c${n}`, `usr_${n}`);
      await world.pass(100);
    }
    await world.pass(1_000);
    expect(watcher.shown.size).toBe(51);
    const pauses = watcher.updates.slice(1).map((at, index) => at - (watcher.updates[index] ?? 0));
    expect(pauses.length).toBeGreaterThan(3);
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(1_000);
  });

  it('P1: the text is the person alone, outlives the kernel, and touches no bit', async () => {
    const world = await presenceWorld();
    const watcher = world.gateway().open('w', B);
    await world.pass(1_000);
    await world.registry.setStatusText(A, 'Away until noon');
    await world.pass(1_000);
    expect(watcher.shown.get(A)).toMatchObject({ online: false, statusText: 'Away until noon' });
    await world.restart();
    expect(await world.registry.list(B)).toContainEqual(watcher.shown.get(A));
    await world.registry.setStatusText(A, null);
    expect((await world.registry.list(B)).find(({ userId }) => userId === A)).toMatchObject({
      online: false,
      statusText: null,
    });
  });

  it('keeps a text from being shown that could not be stored', async () => {
    const world = await presenceWorld();
    world.store.full = true;
    expect(await world.registry.setStatusText(A, 'x')).toBe('full');
    expect(await world.registry.list(A)).toEqual([
      { userId: A, online: false, statusText: null, lastSeenAt: null },
    ]);
  });

  it('is told to co-members and oneself, and to nobody else', async () => {
    const world = await presenceWorld(async (userId) => (userId === 'usr_x' ? [] : [A, B]));
    const gateway = world.gateway();
    const stranger = gateway.open('x', 'usr_x');
    const watcher = gateway.open('w', B);
    await world.pass(2_000);
    gateway.open('a', A);
    await world.pass(2_000);
    expect([...stranger.shown.keys()]).toEqual(['usr_x']);
    expect([...watcher.shown.keys()].sort()).toEqual([A, B]);
    expect(await world.registry.list('usr_x')).toHaveLength(1);
  });
});
