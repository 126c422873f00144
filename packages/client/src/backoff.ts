/** Longest pause before the first try, in milliseconds. */
const FIRST_CEILING_MS = 1_000;

/** Longest pause of any try, in milliseconds. */
const LAST_CEILING_MS = 30_000;

/**
 * Pause before reconnecting, in milliseconds: anything up to a ceiling that doubles from 1 to 30 seconds. The
 * whole range is random, so that clients cut at once do not come back at once.
 *
 * @param failures how many tries in a row have failed, from 0
 * @param fraction a random number in [0, 1)
 * @param atLeastMs what the server asked for, if it did
 */
export function reconnectDelay(failures: number, fraction: number, atLeastMs = 0): number {
  const ceiling = Math.min(LAST_CEILING_MS, FIRST_CEILING_MS * 2 ** Math.min(failures, 10));
  return Math.max(atLeastMs, Math.round(fraction * ceiling));
}
