import { openaiError } from './error-body.ts';
import type { FormatStep, FormatWriter } from './stream-action.ts';
import type { ToldUsage } from './usage-of.ts';

const REASONS: Readonly<Record<string, string>> = {
  'tool-calls': 'tool_calls',
  'content-filter': 'content_filter',
};

/** OpenAI's word for a reason to finish. */
export function openaiReason(reason: string): string {
  return REASONS[reason] ?? reason;
}

/** Usage in OpenAI's fields: `prompt_tokens` includes what came from the cache. */
export function openaiUsage(told: ToldUsage): unknown {
  if (told.kind === 'raw') return told.fields;
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = told.counts;
  const cached = cacheReadTokens !== undefined || cacheWriteTokens !== undefined;
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    ...(inputTokens === undefined || outputTokens === undefined
      ? {}
      : { total_tokens: inputTokens + outputTokens }),
    ...(cached
      ? { prompt_tokens_details: { cached_tokens: cacheReadTokens, cache_write_tokens: cacheWriteTokens } }
      : {}),
  };
}

/** Events of the chat completions stream for one answer. */
export function openaiEvents(answer: {
  id: string;
  model: string;
  usage: ToldUsage;
  /** The request's `stream_options.include_usage`. */
  includeUsage: boolean;
}): FormatWriter {
  const { id, model } = answer;
  const shell = { id, object: 'chat.completion.chunk', created: 0, model };
  const chunk = (delta: object, finish_reason: string | null = null) =>
    event({ ...shell, choices: [{ index: 0, delta, finish_reason }] });
  let calls = 0;

  const write = (step: FormatStep): string => {
    switch (step.kind) {
      case 'text':
        return chunk({ content: step.text });
      case 'reasoning':
        return chunk({ reasoning_content: step.text });
      case 'tool-call': {
        const index = calls;
        calls += 1;
        const head = { index, id: step.id, type: 'function', function: { name: step.name, arguments: '' } };
        const pieces = step.pieces.map((piece) =>
          chunk({ tool_calls: [{ index, function: { arguments: piece } }] }),
        );
        return chunk({ tool_calls: [head] }) + pieces.join('');
      }
      case 'finish': {
        const told = openaiUsage(answer.usage);
        const last = answer.includeUsage && told !== undefined;
        const usage = last ? event({ ...shell, choices: [], usage: told }) : '';
        return `${chunk({}, openaiReason(step.reason))}${usage}data: [DONE]\n\n`;
      }
      case 'error-event':
        return event(openaiError(step.status, step.words, true));
    }
  };

  return { open: () => chunk({ role: 'assistant', content: '' }), write };
}

function event(value: object): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}
