import type { JSONObject, LanguageModelV3Usage } from '@ai-sdk/provider';
import { type AnswerFormat, possibleCount } from '@dispatch/extension-api';

/** How the chat completions stream is read beside the library. */
export const openaiFormat: AnswerFormat = {
  isTerminal: (data) => data.trim() === '[DONE]',
  isEnding: (data) => /"finish_reason"\s*:\s*"/.test(data) && hasFinishReason(data),
  rewrite: (data) => (/"usage"\s*:\s*[^n\s]/.test(data) ? withNumbersOnly(data) : data),
};

/** Servers exist that end the response behind the finish reason and never send `[DONE]`. */
function hasFinishReason(data: string): boolean {
  try {
    const reason: unknown = JSON.parse(data)?.choices?.[0]?.finish_reason;
    return typeof reason === 'string' && reason !== '';
  } catch {
    return false;
  }
}

/** Counts that are no numbers would cost the whole event, and with it its text; they leave instead. */
function withNumbersOnly(data: string): string {
  let event: unknown;
  try {
    event = JSON.parse(data);
  } catch {
    return data;
  }
  if (typeof event !== 'object' || event === null || !('usage' in event)) return data;
  return JSON.stringify({ ...event, usage: numbersIn(event.usage) ?? null });
}

function numbersIn(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? value : undefined;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, inner]) => [name, numbersIn(inner)])
      .filter(([, inner]) => inner !== undefined),
  );
}

/** The fields of usage that servers of this format tell, under the names they use. */
interface ToldUsage {
  readonly prompt_tokens?: unknown;
  readonly completion_tokens?: unknown;
  readonly prompt_tokens_details?: PromptDetails | null | undefined;
  readonly completion_tokens_details?: { readonly reasoning_tokens?: unknown } | null | undefined;
  /** DeepSeek's name for what came from the cache. */
  readonly prompt_cache_hit_tokens?: unknown;
}

interface PromptDetails {
  readonly cached_tokens?: unknown;
  readonly cache_write_tokens?: unknown;
}

/** Usage as told: what is missing stays missing, where the library would say zero. */
export function openaiUsage(told: ToldUsage | null | undefined): LanguageModelV3Usage {
  const total = possibleCount(told?.prompt_tokens);
  const cacheRead =
    possibleCount(told?.prompt_tokens_details?.cached_tokens) ?? possibleCount(told?.prompt_cache_hit_tokens);
  const cacheWrite = possibleCount(told?.prompt_tokens_details?.cache_write_tokens);
  const output = possibleCount(told?.completion_tokens);
  const reasoning = possibleCount(told?.completion_tokens_details?.reasoning_tokens);
  const fresh = total === undefined ? undefined : total - (cacheRead ?? 0) - (cacheWrite ?? 0);
  return {
    inputTokens: { total, noCache: fresh, cacheRead, cacheWrite },
    outputTokens: {
      total: output,
      text: output === undefined ? undefined : output - (reasoning ?? 0),
      reasoning,
    },
    ...(told === null || told === undefined ? {} : { raw: told as JSONObject }),
  };
}
