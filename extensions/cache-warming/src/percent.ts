import type { Usage } from '@dispatch/wire';

const percent = (part: number, whole: number) =>
  whole <= 0 ? 0 : Math.round(Math.min(1, Math.max(0, part / whole)) * 100);

/** Whole percent of the input that came from the cache; 0 without input. */
export function cachePct({ inputTokens, cacheReadTokens = 0 }: Usage): number {
  return percent(cacheReadTokens, inputTokens);
}

/** Whole percent of what could come from the cache that did; 0 without either. */
export function expectedCacheRate({ cacheReadTokens = 0, cacheWriteTokens = 0 }: Usage): number {
  return percent(cacheReadTokens, cacheReadTokens + cacheWriteTokens);
}

/** Whether the provider told what its cache did. */
export function toldCache({ cacheReadTokens, cacheWriteTokens }: Usage): boolean {
  return cacheReadTokens !== undefined || cacheWriteTokens !== undefined;
}
