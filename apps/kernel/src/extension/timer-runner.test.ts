import type { ExtensionHost } from '@dispatch/extension-api';
import { describe, expect, it } from 'vitest';
import { createVirtualClock, settle } from '../turn/__fixtures__/virtual-clock.ts';
import { activateAll, extension } from './__fixtures__/activate.ts';

const db = { capabilities: { db: true } };

/** A stop whose grace passes on the clock of the test. */
async function stopped(
  clock: ReturnType<typeof createVirtualClock>,
  stop: () => Promise<void>,
): Promise<void> {
  const stopping = stop();
  await clock.advance(5_000);
  await stopping;
}

describe('timers', () => {
  const ticking = (
    seen: unknown[],
    more: (host: ExtensionHost, key: string) => Promise<void> = async () => {},
  ) =>
    extension(
      'ticker',
      (host) => {
        host.onTimer(async ({ key, attempt }) => {
          seen.push([key, attempt, host.clock.mono()]);
          await more(host, key);
          return undefined;
        });
      },
      db,
    );
  const started = async (one: ReturnType<typeof ticking>, parts: Parameters<typeof activateAll>[1] = {}) => {
    let host: ExtensionHost | undefined;
    let setBy = 0;
    const clock = createVirtualClock();
    const { wall } = clock;
    clock.wall = () => wall() + setBy;
    const setClock = (ms: number) => {
      setBy += ms;
    };
    const activate = (given: ExtensionHost) => {
      host = given;
      return one.activate(given);
    };
    const activated = await activateAll([{ ...one, activate }], { clock, ...parts });
    await activated.start();
    if (host === undefined) throw new Error('it was not activated');
    return { ...activated, host, clock, setClock };
  };

  it('fire once at their time, and are over then', async () => {
    const seen: unknown[] = [];
    const { host, clock, store, stop } = await started(ticking(seen));
    await host.commit({
      timers: {
        set: [
          { key: 'a', afterMs: 5_000 },
          { key: 'b', afterMs: 1_000 },
        ],
      },
    });
    expect(await host.timers.remainingMs('a')).toBe(5_000);
    await clock.advance(4_999);
    expect(seen).toEqual([['b', 0, 1_000]]);
    await clock.advance(1);
    expect(seen).toEqual([
      ['b', 0, 1_000],
      ['a', 0, 5_000],
    ]);
    expect(store.tables.timers).toEqual({});
    expect(await host.timers.remainingMs('a')).toBeUndefined();
    await stopped(clock, stop);
  });

  it('one that was set again while it fired stays, and one call at a time is made for each key', async () => {
    const seen: unknown[] = [];
    let running = 0;
    const again = ticking(seen, async (host, key) => {
      running += 1;
      expect(running).toBe(1);
      if (seen.length < 3) await host.commit({ timers: { set: [{ key, afterMs: 0 }] } });
      await settle();
      running -= 1;
    });
    const { host, clock, store, stop } = await started(again);
    await host.commit({ timers: { set: [{ key: 'a', afterMs: 10 }] } });
    await clock.advance(10);
    for (let round = 0; round < 10; round += 1) await clock.advance(1);
    expect(seen).toHaveLength(3);
    expect(store.tables.timers).toEqual({});
    await stopped(clock, stop);
  });

  it('one that was cancelled or moved does not fire at its old time', async () => {
    const seen: unknown[] = [];
    const { host, clock, stop } = await started(ticking(seen));
    await host.commit({
      timers: {
        set: [
          { key: 'a', afterMs: 10 },
          { key: 'b', afterMs: 10 },
        ],
      },
    });
    await host.commit({ timers: { cancel: ['a'], set: [{ key: 'b', afterMs: 100 }] } });
    await clock.advance(50);
    expect(seen).toEqual([]);
    await clock.advance(50);
    expect(seen).toEqual([['b', 0, 100]]);
    await stopped(clock, stop);
  });

  it('one that is due before its extension is active waits for the start, and is not lost', async () => {
    const seen: unknown[] = [];
    const clock = createVirtualClock();
    const early = ticking(seen);
    const activate = async (host: ExtensionHost) => {
      await early.activate(host);
      await host.commit({ timers: { set: [{ key: 'a', afterMs: 10 }] } });
    };
    const slow = extension('slow', () => clock.sleep(5_000));
    const activating = activateAll([{ ...early, activate }, slow], { clock });
    await clock.advance(5_000);
    const { start, stop, store } = await activating;
    expect(seen).toEqual([]);
    await start();
    await clock.advance(1);
    expect(seen).toHaveLength(1);
    expect(store.tables.timers).toEqual({});
    await stopped(clock, stop);
  });

  it('handlers that hang hold up nobody else, and a stop does not wait for them', async () => {
    const seen: unknown[] = [];
    const clock = createVirtualClock();
    const hosts = new Map<string, ExtensionHost>();
    const timed = (id: string, handler: () => Promise<undefined>) =>
      extension(
        id,
        (host) => {
          hosts.set(id, host);
          host.onTimer(handler);
        },
        db,
      );
    const hanging = timed('hanging', () => new Promise(() => {}));
    const brisk = timed('brisk', async () => void seen.push('brisk') as undefined);
    const activated = await activateAll([hanging, brisk], { clock });
    await activated.start();
    const set = Array.from({ length: 40 }, (_, index) => ({ key: `k${index}`, afterMs: 1 }));
    await hosts.get('hanging')?.commit({ timers: { set } });
    await clock.advance(10);
    await hosts.get('brisk')?.commit({ timers: { set: [{ key: 'b', afterMs: 100 }] } });
    await clock.advance(100);
    expect(seen).toEqual(['brisk']);
    await stopped(clock, activated.stop);
  });

  it('a handler that fails is called again, later each time, and told how often', async () => {
    const seen: unknown[][] = [];
    const failing = ticking(seen, async () => {
      if (seen.length < 3) throw new Error('no');
    });
    const { host, clock, store, stop } = await started(failing);
    await host.commit({ timers: { set: [{ key: 'a', afterMs: 0 }] } });
    await clock.advance(1);
    await clock.advance(10_000);
    expect(seen.map(([, attempt, at]) => [attempt, at])).toEqual([
      [0, 0],
      [1, 1_000],
      [2, 3_000],
    ]);
    expect(store.tables.timers).toEqual({});
    await stopped(clock, stop);
  });

  it('survive a restart; what is overdue fires at once, and once', async () => {
    const seen: unknown[][] = [];
    const first = await started(ticking(seen));
    await first.host.commit({
      timers: {
        set: [
          { key: 'a', afterMs: 60_000 },
          { key: 'b', at: first.clock.wall() + 1_000 },
        ],
      },
    });
    await stopped(first.clock, first.stop);
    const clock = createVirtualClock();
    await clock.advance(30_000);
    const second = await started(ticking(seen), { store: first.store, clock });
    await clock.advance(0);
    expect(seen.map(([key]) => key)).toEqual(['b']);
    expect(await second.host.timers.remainingMs('a')).toBe(30_000);
    await clock.advance(30_000);
    expect(seen.map(([key]) => key)).toEqual(['b', 'a']);
    await stopped(clock, second.stop);
  });

  it('a time of day is meant wherever the clock is set; an interval does not move with it', async () => {
    const seen: unknown[][] = [];
    const { host, clock, setClock, stop } = await started(ticking(seen));
    const at = clock.wall() + 3_600_000;
    await host.commit({
      timers: {
        set: [
          { key: 'at', at },
          { key: 'in an hour', afterMs: 3_600_000 },
        ],
      },
    });
    setClock(1_800_000);
    await clock.advance(10_000);
    expect(await host.timers.remainingMs('at')).toBe(1_790_000);
    expect(await host.timers.remainingMs('in an hour')).toBe(3_590_000);
    await clock.advance(1_790_000);
    expect(seen.map(([key]) => key)).toEqual(['at']);
    await clock.advance(1_800_000);
    expect(seen.map(([key]) => key)).toEqual(['at', 'in an hour']);
    await stopped(clock, stop);
  });

  it('ten thousand cost one timer of the platform', async () => {
    const seen: unknown[] = [];
    const { host, clock, stop } = await started(ticking(seen));
    for (let batch = 0; batch < 10; batch += 1) {
      const set = Array.from({ length: 1_000 }, (_, index) => ({
        key: `${batch}-${index}`,
        afterMs: 240_000 + index,
      }));
      await host.commit({ timers: { set } });
    }
    expect(clock.armed).toBe(1);
    await clock.advance(240_000);
    expect(seen).toHaveLength(10);
    await stopped(clock, stop);
  });
});
