import type { Usage } from '@dispatch/wire';
import { anthropicError } from './error-body.ts';
import type { FormatStep, FormatWriter } from './stream-action.ts';
import type { ToldUsage } from './usage-of.ts';

const REASONS: Readonly<Record<string, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
  'content-filter': 'refusal',
};

/** Anthropic's word for a reason to finish. */
export function anthropicReason(reason: string): string {
  return REASONS[reason] ?? reason;
}

/** Usage in Anthropic's fields: `input_tokens` is only what neither came from the cache nor went there. */
export function anthropicUsage(told: ToldUsage): unknown {
  if (told.kind === 'raw') return told.fields;
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = told.counts;
  const fresh = inputTokens === undefined ? undefined : uncached(inputTokens, told.counts);
  return {
    input_tokens: fresh,
    cache_creation_input_tokens: cacheWriteTokens,
    cache_read_input_tokens: cacheReadTokens,
    output_tokens: outputTokens,
  };
}

function uncached(inputTokens: number, counts: Partial<Usage>): number {
  return inputTokens - (counts.cacheReadTokens ?? 0) - (counts.cacheWriteTokens ?? 0);
}

/** Events of the Messages stream for one answer. */
export function anthropicEvents(answer: { id: string; model: string; usage: ToldUsage }): FormatWriter {
  const told = anthropicUsage(answer.usage);
  let index = -1;
  let open: 'text' | 'reasoning' | undefined;
  const close = () => {
    const text = open === undefined ? '' : event('content_block_stop', { index });
    open = undefined;
    return text;
  };
  const start = (block: object) => {
    index += 1;
    return event('content_block_start', { index, content_block: block });
  };
  const delta = (value: object) => event('content_block_delta', { index, delta: value });

  const write = (step: FormatStep): string => {
    switch (step.kind) {
      case 'text': {
        const before = open === 'text' ? '' : close() + start({ type: 'text', text: '' });
        open = 'text';
        return before + delta({ type: 'text_delta', text: step.text });
      }
      case 'reasoning': {
        const before =
          open === 'reasoning' ? '' : close() + start({ type: 'thinking', thinking: '', signature: '' });
        open = 'reasoning';
        return before + delta({ type: 'thinking_delta', thinking: step.text });
      }
      case 'tool-call': {
        const head = close() + start({ type: 'tool_use', id: step.id, name: step.name, input: {} });
        const pieces = step.pieces.map((piece) => delta({ type: 'input_json_delta', partial_json: piece }));
        return head + pieces.join('') + event('content_block_stop', { index });
      }
      case 'finish': {
        const stop = { stop_reason: anthropicReason(step.reason), stop_sequence: null };
        return `${close()}${event('message_delta', { delta: stop, usage: told })}${event('message_stop', {})}`;
      }
      case 'error-event':
        return event('error', { error: anthropicError(step.status, step.words).error });
    }
  };

  return {
    open: () => {
      const message = {
        id: answer.id,
        type: 'message',
        role: 'assistant',
        model: answer.model,
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: startUsage(told),
      };
      return event('message_start', { message }) + event('ping', {});
    },
    write,
  };
}

/** At its start a message has hardly any output; what was told is told in full at its end. */
function startUsage(told: unknown): unknown {
  if (typeof told !== 'object' || told === null) return told;
  return 'output_tokens' in told && typeof told.output_tokens === 'number' && told.output_tokens > 0
    ? { ...told, output_tokens: 1 }
    : told;
}

function event(type: string, fields: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
}
