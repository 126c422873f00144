import type { CacheWarmingBudget } from '@dispatch/surface-cache-warming';
import { DEFAULT_INTERVAL_SECONDS } from '@dispatch/surface-cache-warming';

/** Every {@link Pause}. */
export const PAUSES = ['money', 'warms', 'idle', 'unpriced', 'unsized'] as const;

/**
 * Which limit stopped the schedule. There is a budget in money, and `unpriced`: no price of the model to hold against it; `unsized`: nobody knows how
 * long the next prompt is.
 */
export type Pause = (typeof PAUSES)[number];

/** One warm, as the chart shows it. */
export interface WarmRecord {
  /** Epoch milliseconds of its end. */
  readonly at: number;
  /** Whole percent of what could come from the cache that did. Null: it failed, or the provider tells no such figures. */
  readonly retention: number | null;
  /** What it cost in millionths of a dollar. Null: not known. */
  readonly micros: number | null;
  /** True: the cache did not hold what it should have. */
  readonly missed: boolean;
  /** Why it failed. Absent: it did not. */
  readonly error?: string;
}

/** The last request that read the conversation's prompt. */
export interface LastPrompt {
  readonly model: string;
  /** Tokens of the whole prompt. */
  readonly tokens: number;
  /** Tokens the next request should find in the cache. 0: too short to be cached. */
  readonly cached: number;
  /** Epoch milliseconds the request was sent; the cache lives from here. */
  readonly startedAt: number;
}

/** What is kept of a conversation whose warming somebody switched on at least once. */
export interface Kept {
  readonly version: 1;
  readonly enabled: boolean;
  /** How often the conversation was closed when it was switched on. With another number it is off. */
  readonly closes: number;
  readonly intervalMs: number;
  /** The model to warm. Null: not known, and so off. */
  readonly model: string | null;
  /** Null: none. */
  readonly cwd: string | null;
  readonly budget: CacheWarmingBudget;
  readonly ledger: {
    readonly spentMicros: number;
    readonly avoidedMicros: number;
    readonly warms: number;
    readonly unpricedWarms: number;
  };
  /** The last fifty, oldest first. */
  readonly warms: readonly WarmRecord[];
  /** The last warm that went well. Null: none. */
  readonly last: {
    readonly at: number;
    readonly cachePct: number | null;
    readonly retention: number | null;
  } | null;
  /** Epoch milliseconds a warm was begun that has not ended. Null: none. After a restart it counts as failed. */
  readonly flight: number | null;
  /** Warms that failed in a row. */
  readonly failures: number;
  /** Warms in a row that found too little in the cache. */
  readonly ineffective: number;
  /** Refusals in a row because there is nothing to warm. Absent: 0. */
  readonly nothingToWarm?: number;
  readonly lastError: string | null;
  readonly pause: Pause | null;
  /** Why it is off though somebody switched it on. Null: nobody needs to be told. */
  readonly offReason: string | null;
  /** The last request of a turn; what would live on in the cache without any warm counts from it. */
  readonly turnPrompt: LastPrompt | null;
  /** The last request of all, warms included. */
  readonly prompt: LastPrompt | null;
  /** Warms that went well since the last turn. */
  readonly warmsSinceTurn: number;
  /** Epoch milliseconds of the last turn's end, or of the opt-in. */
  readonly activeAt: number;
  /** Id of the last domain event that was handled. */
  readonly lastEvent: number;
}

const MAX_WARMS = 50;

/** What a conversation nobody has touched has. */
export function untouched(): Kept {
  return {
    version: 1,
    enabled: false,
    closes: 0,
    intervalMs: DEFAULT_INTERVAL_SECONDS * 1_000,
    model: null,
    cwd: null,
    budget: { moneyMicros: null, warms: null, idleMinutes: null },
    ledger: { spentMicros: 0, avoidedMicros: 0, warms: 0, unpricedWarms: 0 },
    warms: [],
    last: null,
    flight: null,
    failures: 0,
    ineffective: 0,
    lastError: null,
    pause: null,
    offReason: null,
    turnPrompt: null,
    prompt: null,
    warmsSinceTurn: 0,
    activeAt: 0,
    lastEvent: 0,
  };
}

/** The warms with one more, of which the last fifty stay. */
export function withWarm(warms: readonly WarmRecord[], warm: WarmRecord): readonly WarmRecord[] {
  return [...warms, warm].slice(-MAX_WARMS);
}
