import { afterEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from './clock.ts';

describe('the system clock', () => {
  it('sleeps, and wakes up with the reason of the signal', async () => {
    const before = systemClock.mono();
    await systemClock.sleep(20);
    expect(systemClock.mono() - before).toBeGreaterThan(15);
    const controller = new AbortController();
    const asleep = systemClock.sleep(60_000, controller.signal);
    controller.abort(new Error('wake up'));
    await expect(asleep).rejects.toThrow('wake up');
    await expect(systemClock.sleep(1, controller.signal)).rejects.toThrow('wake up');
  });

  it('calls back once, unless it was cancelled', async () => {
    let calls = 0;
    const count = () => {
      calls += 1;
    };
    systemClock.after(5, count);
    systemClock.after(5, count)();
    await systemClock.sleep(30);
    expect(calls).toBe(1);
  });

  it('tells the time of day in epoch milliseconds', () => {
    expect(systemClock.wall()).toBeGreaterThan(1_700_000_000_000);
  });
});

describe('waits longer than one timer can count', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  const DAY_MS = 86_400_000;
  const days = (count: number) => vi.advanceTimersByTimeAsync(count * DAY_MS);

  it('are chained: they end when they should and not at once', async () => {
    vi.useFakeTimers();
    const ended: string[] = [];
    systemClock.after(60 * DAY_MS, () => ended.push('after'));
    void systemClock.sleep(60 * DAY_MS).then(() => ended.push('sleep'));
    await days(59);
    expect(ended).toEqual([]);
    await days(1);
    expect(ended).toEqual(['after', 'sleep']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('can be given up in any link of the chain', async () => {
    vi.useFakeTimers();
    const ended: string[] = [];
    const cancel = systemClock.after(60 * DAY_MS, () => ended.push('after'));
    const controller = new AbortController();
    systemClock.sleep(60 * DAY_MS, controller.signal).catch(() => ended.push('woken'));
    await days(30);
    cancel();
    controller.abort(new Error('wake up'));
    await days(60);
    expect(ended).toEqual(['woken']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('one without end never ends', async () => {
    vi.useFakeTimers();
    let ended = false;
    const cancel = systemClock.after(Number.POSITIVE_INFINITY, () => {
      ended = true;
    });
    await days(100);
    expect(ended).toBe(false);
    cancel();
  });
});
