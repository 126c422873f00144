import type { CacheTerms } from '../break-even.ts';

/** What a return after `gap` costs when nothing is warmed. */
export function costUnwarmed({ read, write, lifetime }: CacheTerms, gap: number): number {
  return gap <= lifetime ? read : write;
}

/** What a return after `gap` costs together with the warms up to it, of which there are at most `most`. */
export function costWarmed(terms: CacheTerms, gap: number, most: number = Number.POSITIVE_INFINITY): number {
  const { read, write, lifetime, interval, overhead } = terms;
  const warms = Math.min(most, Math.floor(gap / interval));
  return (read + overhead) * warms + (gap <= warms * interval + lifetime ? read : write);
}
