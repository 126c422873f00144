/** Ids of the actions. Frontends read them from the spec; they are here for backends and tests. */
export const CACHE_WARMING_ACTIONS = {
  /** Takes a {@link TogglePayload}, or none to flip. */
  toggle: 'cache-warming/toggle',
  /** Takes an {@link IntervalPayload}. */
  setInterval: 'cache-warming/set-interval',
  /** Takes no payload: warms now, once. */
  warm: 'cache-warming/warm',
  /** Takes a {@link BudgetPayload} in dollars. */
  setBudgetMoney: 'cache-warming/set-budget-money',
  /** Takes a {@link BudgetPayload} in warms, a whole number. */
  setBudgetWarms: 'cache-warming/set-budget-warms',
  /** Takes a {@link BudgetPayload} in minutes. */
  setBudgetIdle: 'cache-warming/set-budget-idle',
} as const;

/** Whether the conversation is kept warm. Saying what already is changes nothing. */
export type TogglePayload = boolean | { readonly value: boolean };

/** Seconds between warms. More than 0 and at most {@link MAX_INTERVAL_SECONDS}; less than one second counts as one. */
export type IntervalPayload = number | { readonly value: number };

/** A limit; 0 for none. Never negative. */
export type BudgetPayload = number | { readonly value: number };

/** Seconds between warms until somebody says otherwise. */
export const DEFAULT_INTERVAL_SECONDS = 240;

/** Most seconds between warms. */
export const MAX_INTERVAL_SECONDS = 3_300;
