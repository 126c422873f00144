/** One cache, in units of the base input price times the prompt's tokens; times in any one unit. */
export interface CacheTerms {
  /** Price of writing into the cache, for example 1.25. */
  readonly write: number;
  /** Price of reading from it, for example 0.1. */
  readonly read: number;
  /** How long an entry lives, from the start of the request that used it. */
  readonly lifetime: number;
  /** Time between warms. */
  readonly interval: number;
  /** What a warm costs beyond reading. */
  readonly overhead: number;
}

/** When warming stops paying. */
export interface BreakEven {
  /** How many warms cost as much as coming back cold does more than coming back warm. */
  readonly warms: number;
  /** Time from the last real request to that point, in the unit of the interval. */
  readonly after: number;
  /** The chance of a return in the window one more warm buys above which that warm pays, from 0 to 1. */
  readonly chance: number;
}

/** The chance that a warmed entry is really there, until there are figures of one's own. */
const LIKELY_HIT = 0.9;

/** Undefined: warming can never pay, because reading costs as much as writing, or one warm eats all it can save. */
export function breakEven(terms: CacheTerms, hit: number = LIKELY_HIT): BreakEven | undefined {
  const { write, read, interval, overhead } = terms;
  const perWarm = read + overhead;
  if (write <= read || interval <= 0) return undefined;
  const chance = perWarm / (hit * (write - read));
  if (chance >= 1) return undefined;
  const warms = perWarm === 0 ? Number.POSITIVE_INFINITY : (write - read) / perWarm;
  return { warms, after: warms * interval, chance };
}
