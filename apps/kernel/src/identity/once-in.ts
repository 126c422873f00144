import type { Clock } from '../ports.ts';

/** Keys that are remembered; beyond it the oldest are forgotten. */
const MOST_KEYS = 10_000;

/** A gate that lets the same thing through once in so many milliseconds, so that nobody floods what stands behind it. */
export function onceIn(clock: Pick<Clock, 'mono'>, ms: number): (key: string) => boolean {
  const last = new Map<string, number>();
  return (key) => {
    const now = clock.mono();
    const before = last.get(key);
    if (before !== undefined && now - before < ms) return false;
    // Again at the end: the first key is the one that was let through longest ago.
    last.delete(key);
    last.set(key, now);
    const [oldest] = last.keys();
    if (last.size > MOST_KEYS && oldest !== undefined) last.delete(oldest);
    return true;
  };
}
