/** A process that ran this long counts as healthy again, in milliseconds. */
const HEALTHY_AFTER_MS = 30_000;

const FIRST_DELAY_MS = 200;
const LAST_DELAY_MS = 5_000;

/** Pause before the next start, and how many failures in a row that makes. */
export interface Restart {
  readonly delayMs: number;
  readonly failures: number;
}

/**
 * The first restart comes at once, the following ones after 0.2 s doubling to 5 s; half a minute of running starts over.
 *
 * @param failures restarts in a row before this one
 * @param ranMs how long the process ran
 */
export function restartDelay(failures: number, ranMs: number): Restart {
  const before = ranMs >= HEALTHY_AFTER_MS ? 0 : failures;
  const delayMs = before === 0 ? 0 : Math.min(LAST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(before - 1, 10));
  return { delayMs, failures: before + 1 };
}
