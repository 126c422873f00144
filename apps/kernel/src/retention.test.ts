import { describe, expect, it } from 'vitest';
import { silentLog } from './__fixtures__/test-kernel.ts';
import type { Clock, Store } from './ports.ts';
import { RETENTION_MS, startRetention } from './retention.ts';

const AGE = 1_900_000_000;

/** A clock whose timers run when they are told to, and a store that counts what it is asked to delete. */
function setUp(rounds: () => Promise<boolean>) {
  const timers = new Map<() => void, number>();
  const clock: Clock = {
    wall: () => 0,
    mono: () => 0,
    sleep: () => Promise.resolve(),
    after(ms, callback) {
      timers.set(callback, ms);
      return () => timers.delete(callback);
    },
  };
  const calls: [number, number][] = [];
  const store = {
    age: () => AGE,
    trim: (before: number, now: number) => {
      calls.push([before, now]);
      return rounds();
    },
  } as Store;
  return {
    calls,
    timers,
    stop: startRetention({ store, clock, log: silentLog }),
    async fire(): Promise<void> {
      const due = [...timers.keys()];
      timers.clear();
      for (const callback of due) callback();
      for (let tick = 0; tick < 20; tick += 1) await Promise.resolve();
    },
  };
}

describe('retention', () => {
  it('deletes what has been kept for 24 hours of running until nothing is left, and comes again', async () => {
    let left = 3;
    const { calls, fire, timers } = setUp(async () => --left > 0);
    expect(calls).toEqual([]);
    await fire();
    expect(calls).toEqual(Array(3).fill([AGE - RETENTION_MS, AGE]));
    expect(timers.size).toBe(1);
    await fire();
    expect(calls).toHaveLength(4);
  });

  it('a failure is no reason to stop, the end of the kernel is', async () => {
    const { calls, fire, stop, timers } = setUp(() => Promise.reject(new Error('disk')));
    await fire();
    await fire();
    expect(calls).toHaveLength(2);
    stop();
    expect(timers.size).toBe(0);
  });
});
