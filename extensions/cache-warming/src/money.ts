import type { Usage } from '@dispatch/wire';
import type { PriceEntry } from './prices.ts';

const MILLION = 1_000_000;

/** Millionths of a dollar a million tokens cost, whole, so that sums lose nothing. */
export const rate = (dollars: number): number => Math.round(dollars * MILLION);

/** What a call cost, in whole millionths of a dollar, rounded up. */
export function costOf(usage: Usage, price: PriceEntry): number {
  const read = usage.cacheReadTokens ?? 0;
  const written = usage.cacheWriteTokens ?? 0;
  const plain = Math.max(0, usage.inputTokens - read - written);
  const sum =
    plain * rate(price.input) +
    read * rate(price.cacheRead) +
    written * rate(price.cacheWrite) +
    usage.outputTokens * rate(price.output);
  return Math.ceil(sum / MILLION);
}

/** What tokens cost at a price of so many dollars a million, in whole millionths of a dollar, rounded up. */
export function costOfTokens(tokens: number, dollars: number): number {
  return Math.ceil((tokens * rate(dollars)) / MILLION);
}

/** What reading tokens from the cache saved against writing them again, rounded down. Never negative. */
export function savedBy(tokens: number, price: PriceEntry): number {
  return Math.max(0, Math.floor((tokens * (rate(price.cacheWrite) - rate(price.cacheRead))) / MILLION));
}

/** For people: four decimals under a dollar, two from there on. */
export function moneyText(micros: number): string {
  const size = Math.abs(micros);
  const sign = micros < 0 ? '−' : '';
  if (size > 0 && size < 50) return `${sign}under $0.0001`;
  return `${sign}$${(size / MILLION).toFixed(size < MILLION ? 4 : 2)}`;
}
