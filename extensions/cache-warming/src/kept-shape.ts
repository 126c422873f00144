import { MAX_INTERVAL_SECONDS } from '@dispatch/surface-cache-warming';
import { type Kept, PAUSES, untouched } from './kept.ts';

type Check = (value: unknown) => boolean;

const number: Check = (value) => typeof value === 'number' && Number.isFinite(value);
const count: Check = (value) => Number.isInteger(value) && Number(value) >= 0;
const text: Check = (value) => typeof value === 'string';
const flag: Check = (value) => typeof value === 'boolean';
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const orAbsent =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const shape =
  (members: Readonly<Record<string, Check>>): Check =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.entries(members).every(([name, check]) => check((value as Record<string, unknown>)[name]));

const interval: Check = (value) =>
  typeof value === 'number' && value >= 1_000 && value <= MAX_INTERVAL_SECONDS * 1_000;
const prompt = orNull(shape({ model: text, tokens: number, cached: number, startedAt: number }));

const members: Readonly<Record<keyof Kept, Check>> = {
  version: (value) => value === 1,
  enabled: flag,
  closes: count,
  intervalMs: interval,
  model: orNull(text),
  cwd: orNull(text),
  budget: shape({ moneyMicros: orNull(number), warms: orNull(number), idleMinutes: orNull(number) }),
  ledger: shape({ spentMicros: number, avoidedMicros: number, warms: count, unpricedWarms: count }),
  warms: listOf(
    shape({
      at: number,
      retention: orNull(number),
      micros: orNull(number),
      missed: flag,
      error: orAbsent(text),
    }),
  ),
  last: orNull(shape({ at: number, cachePct: orNull(number), retention: orNull(number) })),
  flight: orNull(number),
  failures: count,
  ineffective: count,
  nothingToWarm: orAbsent(count),
  lastError: orNull(text),
  pause: orNull((value) => PAUSES.some((pause) => pause === value)),
  offReason: orNull(text),
  turnPrompt: prompt,
  prompt,
  warmsSinceTurn: count,
  activeAt: number,
  lastEvent: count,
};

const isKept = shape(members);

/** Why what was switched on is off. */
const UNREADABLE = 'What was switched on could not be restored. Switch it on again.';

/**
 * A row as it was written. One of a later version, or one with a part that is broken, is off: nobody knows what was switched on. Its interval is kept where
 * it can be read.
 */
export function readKept(value: unknown): Kept {
  const row = Object(value) as Partial<Kept>;
  // Without a model there is nothing to warm, so it cannot have been switched on.
  if (isKept(value) && (row.model !== null || row.enabled === false)) return value as Kept;
  const none = untouched();
  const intervalMs = interval(row.intervalMs) ? Number(row.intervalMs) : none.intervalMs;
  return { ...none, intervalMs, offReason: UNREADABLE };
}
