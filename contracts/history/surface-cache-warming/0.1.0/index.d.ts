/** @dispatch/surface-cache-warming 0.1.0, frozen. Compared with, never imported by anything that runs. */

/** Ids of the actions. Frontends read them from the spec; they are here for backends and tests. */
export declare const CACHE_WARMING_ACTIONS: {
    /** Takes a {@link TogglePayload}, or none to flip. */
    readonly toggle: "cache-warming/toggle";
    /** Takes an {@link IntervalPayload}. */
    readonly setInterval: "cache-warming/set-interval";
    /** Takes no payload: warms now, once. */
    readonly warm: "cache-warming/warm";
    /** Takes a {@link BudgetPayload} in dollars. */
    readonly setBudgetMoney: "cache-warming/set-budget-money";
    /** Takes a {@link BudgetPayload} in warms, a whole number. */
    readonly setBudgetWarms: "cache-warming/set-budget-warms";
    /** Takes a {@link BudgetPayload} in minutes. */
    readonly setBudgetIdle: "cache-warming/set-budget-idle";
};
/** Whether the conversation is kept warm. Saying what already is changes nothing. */
export type TogglePayload = boolean | {
    readonly value: boolean;
};
/** Seconds between warms. More than 0 and at most {@link MAX_INTERVAL_SECONDS}; less than one second counts as one. */
export type IntervalPayload = number | {
    readonly value: number;
};
/** A limit; 0 for none. Never negative. */
export type BudgetPayload = number | {
    readonly value: number;
};
/** Seconds between warms until somebody says otherwise. */
export declare const DEFAULT_INTERVAL_SECONDS = 240;
/** Most seconds between warms. */
export declare const MAX_INTERVAL_SECONDS = 3300;
/** Renderer id of a {@link CacheWarmingEconomicsPayload}. */
export declare const CACHE_WARMING_ECONOMICS_RENDERER_ID = "cache-warming-economics";
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
/** Id of the surface in the catalog. It belongs to a conversation. */
export declare const CACHE_WARMING_SURFACE_ID = "cache-warming";
/**
 * Labels of its fields, in their order. The first four and the timer behind them are always there, and no label behind them says "retention"; those
 * from `decision` on may be missing and may become more.
 */
export declare const CACHE_WARMING_LABELS: {
    readonly enabled: "Enabled";
    readonly interval: "Refresh Interval";
    /** Whole percent of the last warm's prompt that came from the cache. */
    readonly lastCache: "Last Cache %";
    /** Whole percent of what could come from the cache that did: read ÷ (read + written). */
    readonly retention: "Cache retention";
    /** What happens next, and why. */
    readonly decision: "Next decision";
    readonly lastError: "Last error";
    /** Why it does not pay as it is set. */
    readonly advice: "Advice";
    /** Avoided less spent. */
    readonly balance: "Balance";
    readonly spent: "Spent so far";
    /** Only what a later turn proved. */
    readonly avoided: "Avoided so far";
    readonly nextWarm: "Price of the next warm";
    readonly coldReturn: "Price of coming back cold";
    readonly breakEven: "Break-even";
    readonly budgetMoney: "Budget in money";
    readonly budgetWarms: "Budget in warms";
    readonly budgetIdle: "Budget in idle minutes";
    readonly prices: "Prices";
    readonly warmNow: "Warm now";
};
/** The one stat of the surface while no conversation is in focus, and its value. */
export declare const NO_CONVERSATION: {
    readonly label: string;
    readonly value: string;
};
/** Renderer id of a {@link CacheWarmingTimerPayload}. */
export declare const CACHE_WARMING_TIMER_RENDERER_ID = "cache-warming-timer";
/** When the cache is warmed next, and when it was last. Times are the backend's: correct them by the difference to `hello.serverTime`. */
export interface CacheWarmingTimerPayload {
    /** Epoch milliseconds; later than the moment the surface was sent. Null: nothing is planned, or a turn or a warm runs. */
    readonly nextWarmAt: number | null;
    /** Epoch milliseconds at which the last warm was complete. Null: there was none. */
    readonly lastWarmAt: number | null;
}
/** Version of this package, as in its package.json. Written by scripts/sync-versions.ts. */
export declare const SURFACE_CACHE_WARMING_VERSION = "0.1.0";
