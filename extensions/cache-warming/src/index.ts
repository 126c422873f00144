export { extension } from './extension.ts';
export { PRICES, type PriceBook, type PriceEntry } from './prices.ts';
