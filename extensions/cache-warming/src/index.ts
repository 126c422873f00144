export {
  type BreakEven,
  breakEven,
  type CacheTerms,
  costUnwarmed,
  costWarmed,
  warmPays,
} from './break-even.ts';
export { extension } from './extension.ts';
export { PRICES, type PriceBook, type PriceEntry } from './prices.ts';
