import type { LanguageModelV3Usage } from '@ai-sdk/provider';
import { type AnswerFormat, possibleCount } from '@dispatch/extension-api';

/** Reads the Messages stream beside the library, and keeps what the library would lose or stumble over. */
export interface AnthropicFormat extends AnswerFormat {
  /** The library's usage without the counts the provider did not tell, which it takes for zeros. */
  told(usage: LanguageModelV3Usage): LanguageModelV3Usage;
}

/** Newer event types must be ignored, says the API; the library takes them for errors. */
const KNOWN = new Set([
  'message_start',
  'message_delta',
  'message_stop',
  'content_block_start',
  'content_block_delta',
  'content_block_stop',
  'ping',
  'error',
]);

const COUNTS = [
  'input_tokens',
  'output_tokens',
  'cache_read_input_tokens',
  'cache_creation_input_tokens',
] as const;
type Count = (typeof COUNTS)[number];

/** The format of one answer. */
export function anthropicFormat(): AnthropicFormat {
  const told = new Set<Count>();

  /** Usage the library accepts: impossible counts leave, the ones it cannot do without become zero. */
  const acceptable = (usage: unknown, needed: Count): object => {
    const fields = typeof usage === 'object' && usage !== null ? { ...usage } : {};
    const counts: Partial<Record<string, unknown>> = fields;
    for (const name of COUNTS) {
      if (possibleCount(counts[name]) === undefined) delete counts[name];
      else told.add(name);
    }
    return { [needed]: 0, ...counts };
  };

  return {
    // Parsed whole: at a cut only the last brace may be missing.
    isTerminal: (data) => data.includes('"message_stop"') && parsed(data)?.['type'] === 'message_stop',
    rewrite: (data) => {
      const type = typeOf(data);
      if (type === undefined) return data;
      if (!KNOWN.has(type)) return undefined;
      if (type !== 'message_start' && type !== 'message_delta') return data;
      const event = parsed(data);
      if (event === undefined) return data;
      if (type === 'message_delta') {
        return JSON.stringify({ ...event, usage: acceptable(event['usage'], 'output_tokens') });
      }
      const message = event['message'];
      if (typeof message !== 'object' || message === null) return data;
      const usage = acceptable('usage' in message ? message.usage : undefined, 'input_tokens');
      // What a message has written at its start says nothing about what it will have.
      told.delete('output_tokens');
      return JSON.stringify({ ...event, message: { ...message, usage } });
    },
    told: (usage) => {
      const { inputTokens: input, outputTokens: output } = usage;
      const known = told.has('input_tokens');
      return {
        ...usage,
        inputTokens: {
          total: known ? input.total : undefined,
          noCache: known ? input.noCache : undefined,
          cacheRead: told.has('cache_read_input_tokens') ? input.cacheRead : undefined,
          cacheWrite: told.has('cache_creation_input_tokens') ? input.cacheWrite : undefined,
        },
        outputTokens: told.has('output_tokens')
          ? output
          : { total: undefined, text: undefined, reasoning: undefined },
      };
    },
  };
}

/** The type stands first in everything the API sends; where it does not, the event is parsed to find it. */
function typeOf(data: string): string | undefined {
  const first = /^\s*\{\s*"type"\s*:\s*"([a-z_]{1,60})"/.exec(data)?.[1];
  if (first !== undefined) return first;
  const type = parsed(data)?.['type'];
  return typeof type === 'string' ? type : undefined;
}

function parsed(data: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
