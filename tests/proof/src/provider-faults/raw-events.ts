import type { ModelFormat } from '@dispatch/testkit';

/** Single events of each format, for answers that no builder of the testkit makes. */

/** A text or a thought that begins. OpenAI's format has no such event. */
export function blockStart(format: ModelFormat, kind: 'text' | 'thinking'): string {
  if (format === 'openai') return '';
  const block = kind === 'text' ? { type: kind, text: '' } : { type: kind, thinking: '', signature: '' };
  return event({ type: 'content_block_start', index: 0, content_block: block });
}

export function textDelta(format: ModelFormat, text: string): string {
  return format === 'anthropic' ? blockDelta({ type: 'text_delta', text }) : choice({ content: text });
}

export function thinkingDelta(format: ModelFormat, text: string): string {
  if (format === 'openai') return choice({ reasoning_content: text });
  return blockDelta({ type: 'thinking_delta', thinking: text });
}

/** A tool call that begins, without arguments. */
export function callStart(format: ModelFormat, name: string): string {
  if (format === 'openai')
    return choice({ tool_calls: [{ index: 0, id: 'c', function: { name, arguments: '' } }] });
  const block = { type: 'tool_use', id: 'c', name, input: {} };
  return event({ type: 'content_block_start', index: 0, content_block: block });
}

export function argumentsDelta(format: ModelFormat, text: string): string {
  if (format === 'openai') return choice({ tool_calls: [{ index: 0, function: { arguments: text } }] });
  return blockDelta({ type: 'input_json_delta', partial_json: text });
}

/** One tool call, whole. */
export function wholeCall(format: ModelFormat, name: string): string {
  if (format === 'anthropic')
    return callStart(format, name) + event({ type: 'content_block_stop', index: 0 });
  return choice({ tool_calls: [{ index: 0, id: 'c', function: { name, arguments: '{}' } }] });
}

/** An event of a choice's `delta` in OpenAI's format. */
export function choice(delta: object): string {
  return event({ choices: [{ index: 0, delta, finish_reason: null }] });
}

function blockDelta(delta: object): string {
  return event({ type: 'content_block_delta', index: 0, delta });
}

function event(data: object): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}
