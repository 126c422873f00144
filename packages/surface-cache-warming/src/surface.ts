/** Id of the surface in the catalog. It belongs to a conversation. */
export const CACHE_WARMING_SURFACE_ID = 'cache-warming';

/**
 * Labels of its fields, in their order. The first four and the timer behind them are always there, and no label behind them says "retention"; those
 * from `decision` on may be missing and may become more.
 */
export const CACHE_WARMING_LABELS = {
  enabled: 'Enabled',
  interval: 'Refresh Interval',
  /** Whole percent of the last warm's prompt that came from the cache. */
  lastCache: 'Last Cache %',
  /** Whole percent of what could come from the cache that did: read ÷ (read + written). */
  retention: 'Cache retention',
  /** What happens next, and why. */
  decision: 'Next decision',
  lastError: 'Last error',
  /** Why it does not pay as it is set. */
  advice: 'Advice',
  /** Avoided less spent. */
  balance: 'Balance',
  spent: 'Spent so far',
  /** Only what a later turn proved. */
  avoided: 'Avoided so far',
  nextWarm: 'Price of the next warm',
  coldReturn: 'Price of coming back cold',
  breakEven: 'Break-even',
  budgetMoney: 'Budget in money',
  budgetWarms: 'Budget in warms',
  budgetIdle: 'Budget in idle minutes',
  prices: 'Prices',
  warmNow: 'Warm now',
} as const;

/** The one stat of the surface while no conversation is in focus, and its value. */
export const NO_CONVERSATION: { readonly label: string; readonly value: string } = {
  label: 'Status',
  value: 'No conversation focused',
};
