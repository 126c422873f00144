import { anthropicReason, anthropicUsage } from './anthropic-events.ts';
import { openaiReason, openaiUsage } from './openai-events.ts';
import type { ReplyStep } from './reply.ts';
import type { StreamContext } from './stream-actions.ts';
import { usageOf } from './usage-of.ts';

/** The same answer for a request that does not stream. Faults of the stream have no place in it. */
export function wholeAnswer(steps: readonly ReplyStep[], context: StreamContext): object {
  return context.format === 'anthropic' ? anthropicMessage(steps, context) : openaiCompletion(steps, context);
}

function reasonOf(steps: readonly ReplyStep[]): string {
  return steps.find((step) => step.kind === 'finish')?.reason ?? 'stop';
}

function anthropicMessage(steps: readonly ReplyStep[], context: StreamContext): object {
  return {
    id: 'msg_scripted',
    type: 'message',
    role: 'assistant',
    model: context.model,
    content: [
      ...joined(steps, 'reasoning').map((thinking) => ({ type: 'thinking', thinking, signature: '' })),
      ...joined(steps, 'text').map((text) => ({ type: 'text', text })),
      ...callsOf(steps).map((call) => ({
        type: 'tool_use',
        id: call.id,
        name: call.name,
        input: call.input(),
      })),
    ],
    stop_reason: anthropicReason(reasonOf(steps)),
    stop_sequence: null,
    usage: anthropicUsage(usageOf(steps, context.promptLength)),
  };
}

function openaiCompletion(steps: readonly ReplyStep[], context: StreamContext): object {
  const calls = callsOf(steps).map((call) => ({
    id: call.id,
    type: 'function',
    function: { name: call.name, arguments: call.text },
  }));
  const reasoning = joined(steps, 'reasoning')[0];
  const message = {
    role: 'assistant',
    content: joined(steps, 'text')[0] ?? null,
    ...(reasoning === undefined ? {} : { reasoning_content: reasoning }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
  return {
    id: 'chatcmpl-scripted',
    object: 'chat.completion',
    created: 0,
    model: context.model,
    choices: [{ index: 0, message, finish_reason: openaiReason(reasonOf(steps)) }],
    usage: openaiUsage(usageOf(steps, context.promptLength)),
  };
}

/** All text of one kind as one; empty when there is none. */
function joined(steps: readonly ReplyStep[], kind: 'text' | 'reasoning'): readonly string[] {
  const text = steps.map((step) => (step.kind === kind ? step.text : '')).join('');
  return text === '' ? [] : [text];
}

function callsOf(steps: readonly ReplyStep[]) {
  return steps
    .filter((step) => step.kind === 'tool-call')
    .map((step) => {
      const text = step.pieces.join('');
      return { id: step.id, name: step.name, text, input: (): unknown => parsed(text) };
    });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
