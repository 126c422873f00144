import type { LanguageModelV3CallOptions, LanguageModelV3Message } from '@ai-sdk/provider';
import { hash } from './seed.ts';

/** What became of a call. */
export interface ReadResult {
  readonly toolName: string;
  readonly content: string;
  readonly isError: boolean;
}

/** What the demo models understand of a prompt. */
export interface ReadPrompt {
  /** The newest message of the user, trimmed; empty when there is none. */
  readonly asked: string;
  /** How many messages the user has written, the newest included. */
  readonly messages: number;
  /** The user's first message, trimmed. */
  readonly first: string;
  /** Results of tools behind the newest message, for each step that called some, in order. Empty: no tool was called for it yet. */
  readonly results: readonly (readonly ReadResult[])[];
  /** Same prompt, same seed. */
  readonly seed: number;
}

export function readPrompt(options: LanguageModelV3CallOptions): ReadPrompt {
  const { prompt } = options;
  const users = prompt.filter((message) => message.role === 'user').map(userText);
  const newest = prompt.findLastIndex((message) => message.role === 'user');
  return {
    asked: users.at(-1) ?? '',
    messages: users.length,
    first: users[0] ?? '',
    results: prompt
      .slice(newest + 1)
      .flatMap((message) => (message.role === 'tool' ? [resultsOf(message)] : [])),
    seed: segments(options).reduce((seed, segment) => hash(segment, seed), 1),
  };
}

/**
 * The prompt as texts, in the order in which a provider's cache would see them: tools, then each message. Two prompts share a
 * prefix where they share the first of these.
 */
export function segments(options: LanguageModelV3CallOptions): readonly string[] {
  const tools = options.tools === undefined ? [] : [JSON.stringify(options.tools)];
  return [...tools, ...options.prompt.map((message) => JSON.stringify([message.role, message.content]))];
}

function userText(message: LanguageModelV3Message): string {
  if (message.role !== 'user') return '';
  return message.content
    .map((part) => (part.type === 'text' ? part.text : ''))
    .join('\n')
    .trim();
}

function resultsOf(message: Extract<LanguageModelV3Message, { role: 'tool' }>): readonly ReadResult[] {
  return message.content.flatMap((part) => {
    if (part.type !== 'tool-result') return [];
    const { output } = part;
    const content = 'value' in output ? output.value : 'denied';
    const isError = output.type === 'error-text' || output.type === 'error-json';
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    return [{ toolName: part.toolName, content: text, isError }];
  });
}
