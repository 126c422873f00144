import type { LanguageModelV3Usage } from '@ai-sdk/provider';

/** A count that can be: whole, not negative, finite. Anything else is as good as not told. */
export function possibleCount(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** Usage without counts that cannot be. A part larger than its total is not told either. */
export function possibleUsage(usage: LanguageModelV3Usage): LanguageModelV3Usage {
  const input = possibleCount(usage.inputTokens.total);
  const output = possibleCount(usage.outputTokens.total);
  const within = (value: number | undefined, total: number | undefined) => {
    const count = possibleCount(value);
    return count === undefined || total === undefined || count > total ? undefined : count;
  };
  return {
    ...usage,
    inputTokens: {
      total: input,
      noCache: within(usage.inputTokens.noCache, input),
      cacheRead: within(usage.inputTokens.cacheRead, input),
      cacheWrite: within(usage.inputTokens.cacheWrite, input),
    },
    outputTokens: {
      total: output,
      text: within(usage.outputTokens.text, output),
      reasoning: within(usage.outputTokens.reasoning, output),
    },
  };
}
