/** How long after its moment something is still taken to be about to be told, in milliseconds. */
const CONFIRMED_WITHIN_MS = 3_000;

/**
 * How long until a moment, both by the backend's clock. A moment that passed without news is never shown as a running or a finished countdown: it is
 * due, and whether it happened is not known yet.
 */
export function countdown(targetAt: number | null, now: number): string {
  if (targetAt === null) return 'not planned';
  const left = targetAt - now;
  if (left < -CONFIRMED_WITHIN_MS) return 'due now, waiting for confirmation';
  // To the nearest second: what was set to ten seconds begins with ten, not with eleven or nine.
  const seconds = Math.round(left / 1_000);
  return seconds <= 0 ? 'now' : `in ${clockText(seconds)}`;
}

/** How long ago a moment was; never negative. */
export function elapsed(sinceAt: number, now: number): string {
  return clockText(Math.max(0, Math.round((now - sinceAt) / 1_000)));
}

/** Minutes and seconds, hours and days before them as far as there are any. */
function clockText(seconds: number): string {
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor(seconds / 3_600) % 24;
  const rest = `${two((seconds / 60) % 60)}:${two(seconds % 60)}`;
  if (days > 0) return `${days} d ${two(hours)}:${rest}`;
  return hours > 0 ? `${hours}:${rest}` : rest.replace(/^0/, '');
}
