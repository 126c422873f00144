import { describe, expect, it } from 'vitest';
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
