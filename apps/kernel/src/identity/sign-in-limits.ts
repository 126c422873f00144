import type { Clock } from '../ports.ts';

const MOST_FAILURES = 10;
const WINDOW_MS = 10 * 60_000;
/** Keys that are remembered; beyond it those that failed longest ago are forgotten. */
const MOST_KEYS = 10_000;

/** Counts failed sign-ins by address and by token. */
export interface SignInLimits {
  /** Notes a failure. Gives the milliseconds until these keys may fail again; 0: they still may. */
  fail(keys: readonly string[]): number;
}

/**
 * Ten failures in ten minutes for each key. Only failures are counted and only failures are refused: a secret has 256 bits, so nobody is kept from guessing it by
 * being kept waiting, and a stranger who could lock out the holder of a right one would have been given a weapon.
 */
export function createSignInLimits(clock: Pick<Clock, 'mono'>): SignInLimits {
  const failures = new Map<string, number[]>();

  function waitOf(key: string, now: number): number {
    const recent = (failures.get(key) ?? []).filter((at) => now - at < WINDOW_MS);
    const [first = now] = recent;
    const wait = recent.length < MOST_FAILURES ? 0 : first + WINDOW_MS - now;
    if (wait === 0) recent.push(now);
    failures.delete(key);
    failures.set(key, recent);
    const [oldest] = failures.keys();
    if (failures.size > MOST_KEYS && oldest !== undefined) failures.delete(oldest);
    return wait;
  }

  return {
    fail(keys) {
      const now = clock.mono();
      return Math.max(0, ...keys.map((key) => waitOf(key, now)));
    },
  };
}
