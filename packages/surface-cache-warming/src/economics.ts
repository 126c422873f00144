/** Renderer id of a {@link CacheWarmingEconomicsPayload}. */
export const CACHE_WARMING_ECONOMICS_RENDERER_ID = 'cache-warming-economics';

/** The figures behind the stats. Money is in whole millionths of a US dollar, so that adding it up loses nothing. */
export interface CacheWarmingEconomicsPayload {
  /** What warms of this conversation cost. */
  readonly spentMicros: number;
  /** What they saved, counted only when a turn read from a cache that would have been gone without them. */
  readonly avoidedMicros: number;
  /** Warms that were sent, also those that failed. */
  readonly warms: number;
  /** Of those, how many cost something nobody knows: they failed, or no price was known. */
  readonly unpricedWarms: number;
  /** What the next warm is expected to cost. Null: not known. */
  readonly nextWarmMicros: number | null;
  /** What writing the prompt into the cache again costs. Null: not known. */
  readonly coldReturnMicros: number | null;
  /** Epoch milliseconds: a return after this moment makes warming up to it a loss. Null: not known, or it can never pay. */
  readonly breakEvenAt: number | null;
  /** The chance of a return between two warms above which the next one pays, from 0 to 1. Null: not known, or it can never pay. */
  readonly breakEvenChance: number | null;
  /** Tokens the next request shares with the last one. Null: not known. */
  readonly prefixTokens: number | null;
  /** Seconds the provider keeps a prompt, from the start of the last request that used it. Null: not known. */
  readonly lifetimeSeconds: number | null;
  /** What the limits are; null for none. */
  readonly budget: CacheWarmingBudget;
  /** The prices used. Null: none are known for this model. */
  readonly prices: CacheWarmingPrices | null;
}

/** Limits of warming in one conversation. It stops before the call that would cross one. */
export interface CacheWarmingBudget {
  readonly moneyMicros: number | null;
  readonly warms: number | null;
  /** Minutes without a turn. */
  readonly idleMinutes: number | null;
}

/** Prices of one model, in US dollars per million tokens. */
export interface CacheWarmingPrices {
  /** Day the prices were read, `YYYY-MM-DD`. */
  readonly asOf: string;
  /** Where they were read, in words for people. */
  readonly source: string;
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly output: number;
}
