import type { LanguageModelV3Usage } from '@ai-sdk/provider';
import type { Usage } from '@dispatch/wire';

/** What a provider reported, or undefined when it is missing or cannot be true. Its `inputTokens` include cached ones. */
export function readUsage(reported: LanguageModelV3Usage | undefined): Usage | undefined {
  const inputTokens = count(reported?.inputTokens?.total);
  const outputTokens = count(reported?.outputTokens?.total);
  if (inputTokens === undefined || outputTokens === undefined) return undefined;
  const cacheReadTokens = count(reported?.inputTokens.cacheRead);
  const cacheWriteTokens = count(reported?.inputTokens.cacheWrite);
  return {
    inputTokens,
    outputTokens,
    ...(cacheReadTokens === undefined ? {} : { cacheReadTokens }),
    ...(cacheWriteTokens === undefined ? {} : { cacheWriteTokens }),
  };
}

/** Field-wise sum. A cache field is in the sum when either side has it. */
export function addUsage(a: Usage | undefined, b: Usage): Usage {
  if (a === undefined) return b;
  const cacheReadTokens = addOptional(a.cacheReadTokens, b.cacheReadTokens);
  const cacheWriteTokens = addOptional(a.cacheWriteTokens, b.cacheWriteTokens);
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    ...(cacheReadTokens === undefined ? {} : { cacheReadTokens }),
    ...(cacheWriteTokens === undefined ? {} : { cacheWriteTokens }),
  };
}

function addOptional(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : a + (b ?? 0);
}

function count(value: number | undefined): number | undefined {
  return value !== undefined && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
