import { type JsonValue, SurfaceRefusal } from '@dispatch/extension-api';
import { type CacheWarmingBudget, MAX_INTERVAL_SECONDS } from '@dispatch/surface-cache-warming';

const unwrapped = (payload: JsonValue | undefined): JsonValue | undefined =>
  typeof payload === 'object' && payload !== null && !Array.isArray(payload) && 'value' in payload
    ? (payload as { readonly value: JsonValue }).value
    : payload;

/** What a toggle is to be. Without a payload it flips. Throws {@link SurfaceRefusal} for what says neither. */
export function wantedSwitch(payload: JsonValue | undefined, present: boolean): boolean {
  if (payload === undefined) return !present;
  const value = unwrapped(payload);
  if (typeof value !== 'boolean') throw new SurfaceRefusal('Say true or false, or nothing to flip it.');
  return value;
}

/** Milliseconds between warms. Throws {@link SurfaceRefusal} for what is no number of seconds, not above 0, or too long. */
export function wantedInterval(payload: JsonValue | undefined): number {
  const seconds = unwrapped(payload);
  const fits = typeof seconds === 'number' && Number.isFinite(seconds) && seconds > 0;
  if (!fits || seconds > MAX_INTERVAL_SECONDS) {
    throw new SurfaceRefusal(`The interval is a number of seconds above 0, at most ${MAX_INTERVAL_SECONDS}.`);
  }
  return Math.max(1_000, Math.round(seconds * 1_000));
}

const MOST = 1_000_000;

/** A budget with one of its limits set anew; 0 takes it away. Throws {@link SurfaceRefusal} for what is no limit. */
export function wantedBudget(
  budget: CacheWarmingBudget,
  limit: keyof CacheWarmingBudget,
  payload: JsonValue | undefined,
): CacheWarmingBudget {
  const value = unwrapped(payload);
  const fits = typeof value === 'number' && Number.isFinite(value) && value >= 0 && value <= MOST;
  if (!fits) throw new SurfaceRefusal(`A budget is a number from 0, which means none, to ${MOST}.`);
  if (limit === 'warms' && !Number.isInteger(value)) {
    throw new SurfaceRefusal('A budget in warms is a whole number.');
  }
  const kept = limit === 'moneyMicros' ? Math.round(value * 1_000_000) : value;
  if (kept === 0 && value > 0) throw new SurfaceRefusal('A budget in money is at least $0.000001.');
  return { ...budget, [limit]: kept === 0 ? null : kept };
}
