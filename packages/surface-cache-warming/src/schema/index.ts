export { budgetPayloadSchema, intervalPayloadSchema, togglePayloadSchema } from './actions.ts';
export { cacheWarmingEconomicsPayloadSchema } from './economics.ts';
export { cacheWarmingTimerPayloadSchema } from './timer.ts';
