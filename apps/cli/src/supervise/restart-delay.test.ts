import { describe, expect, it } from 'vitest';
import { restartDelay } from './restart-delay.ts';

describe('restartDelay', () => {
  it('restarts at once, then after 0.2 s doubling to 5 s', () => {
    let failures = 0;
    const delays = Array.from({ length: 9 }, () => {
      const restart = restartDelay(failures, 10);
      failures = restart.failures;
      return restart.delayMs;
    });
    expect(delays).toEqual([0, 200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000]);
  });

  it('starts over after half a minute of running', () => {
    expect(restartDelay(7, 29_999)).toEqual({ delayMs: 5_000, failures: 8 });
    expect(restartDelay(7, 30_000)).toEqual({ delayMs: 0, failures: 1 });
  });
});
