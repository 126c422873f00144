export {
  type BudgetPayload,
  CACHE_WARMING_ACTIONS,
  DEFAULT_INTERVAL_SECONDS,
  type IntervalPayload,
  MAX_INTERVAL_SECONDS,
  type TogglePayload,
} from './actions.ts';
export {
  CACHE_WARMING_ECONOMICS_RENDERER_ID,
  type CacheWarmingBudget,
  type CacheWarmingEconomicsPayload,
  type CacheWarmingPrices,
} from './economics.ts';
export { CACHE_WARMING_LABELS, CACHE_WARMING_SURFACE_ID, NO_CONVERSATION } from './surface.ts';
export { CACHE_WARMING_TIMER_RENDERER_ID, type CacheWarmingTimerPayload } from './timer.ts';
export { SURFACE_CACHE_WARMING_VERSION } from './version.ts';
