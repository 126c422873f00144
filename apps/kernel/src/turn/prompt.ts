import type {
  JSONObject,
  JSONValue,
  LanguageModelV3Message,
  LanguageModelV3Prompt,
  LanguageModelV3ToolCallPart,
  LanguageModelV3ToolResultPart,
} from '@ai-sdk/provider';
import type { Chunk, StoredChunk, ToolCallChunk, ToolResultChunk } from '@dispatch/wire';
import { promptToolName, uniquePromptCallId, wellFormed, wellFormedJson } from './prompt-text.ts';

/** Content of a result that no store has: the call's turn was cut off before results were recorded. */
const NO_RESULT = 'interrupted, outcome unknown';

/** What of a stored chunk a prompt is made of. */
type PromptChunk = Pick<StoredChunk, 'role' | 'chunk' | 'messageId'>;

type AssistantPart = Extract<LanguageModelV3Message, { role: 'assistant' }>['content'][number];

/**
 * The stored history as a model reads it. Behind each message with tool calls stands one message with exactly one result for each call, in call
 * order; thinking and error chunks are left out, and messages that are empty without them. The ids of its calls are added to `usedIds`.
 *
 * The log keeps every text and name raw. Here they become what every provider accepts, in the call and its result alike: another model than the one
 * that wrote them may have to read them.
 */
export function promptFromHistory(
  history: readonly PromptChunk[],
  usedIds: Set<string> = new Set(),
): LanguageModelV3Prompt {
  const groups = groupByMessage(history);
  const takeResult = resultsInOrder(groups);
  return groups.flatMap((group, index): LanguageModelV3Message[] => {
    switch (group.role) {
      case 'system': {
        if (group.chunks.some(isSteered)) return userMessages(textOf(group.chunks));
        const content = wellFormed(textOf(group.chunks).join('\n'));
        return content === '' ? [] : [{ role: 'system', content }];
      }
      case 'user':
        return userMessages(textOf(group.chunks));
      case 'assistant':
        return assistantMessages(group.chunks, usedIds, (call) => takeResult(call, index));
      case 'tool':
        return [];
      default:
        return group.role satisfies never;
    }
  });
}

/** One message of a person with these texts. Empty when all of them are blank: providers refuse blank parts. */
export function userMessages(texts: readonly string[]): LanguageModelV3Message[] {
  const content = texts.flatMap((text) =>
    isBlank(text) ? [] : [{ type: 'text' as const, text: wellFormed(text) }],
  );
  return content.length === 0 ? [] : [{ role: 'user', content }];
}

/** The tool call as every provider accepts it: its input is always an object. The id has to be one for prompts. */
export function toolCallPart(
  call: Pick<ToolCallChunk, 'toolCallId' | 'toolName' | 'input'>,
): LanguageModelV3ToolCallPart {
  return {
    type: 'tool-call',
    toolCallId: call.toolCallId,
    toolName: promptToolName(call.toolName),
    input: wellFormedJson(safeInput(call.input)),
  };
}

export function toolResultPart(
  call: Pick<ToolCallChunk, 'toolCallId' | 'toolName'>,
  result: Pick<ToolResultChunk, 'content' | 'isError'>,
): LanguageModelV3ToolResultPart {
  const output = { type: result.isError ? 'error-text' : 'text', value: wellFormed(result.content) } as const;
  return {
    type: 'tool-result',
    toolCallId: call.toolCallId,
    toolName: promptToolName(call.toolName),
    output,
  };
}

interface MessageGroup {
  readonly messageId: string | undefined;
  readonly role: StoredChunk['role'];
  readonly chunks: Chunk[];
}

function groupByMessage(history: readonly PromptChunk[]): readonly MessageGroup[] {
  const groups: MessageGroup[] = [];
  for (const { messageId, role, chunk } of history) {
    const last = groups.at(-1);
    if (last !== undefined && last.role === role && last.messageId === messageId) last.chunks.push(chunk);
    else groups.push({ messageId, role, chunks: [chunk] });
  }
  return groups;
}

/** The person's own words, which came while the turn ran. */
function isSteered(chunk: Chunk): boolean {
  return chunk.type === 'system' && chunk.steered === true;
}

function textOf(chunks: readonly Chunk[]): readonly string[] {
  return chunks.flatMap((chunk) =>
    (chunk.type === 'text' || chunk.type === 'system') && !isBlank(chunk.text) ? [chunk.text] : [],
  );
}

/** Hands each stored result out at most once, and only to a call that stands before it. */
function resultsInOrder(groups: readonly MessageGroup[]) {
  const byId = new Map<string, { readonly at: number; readonly result: ToolResultChunk }[]>();
  groups.forEach(({ chunks }, at) => {
    for (const chunk of chunks) {
      if (chunk.type !== 'tool-result') continue;
      const same = byId.get(chunk.toolCallId) ?? [];
      same.push({ at, result: chunk });
      byId.set(chunk.toolCallId, same);
    }
  });
  return (call: ToolCallChunk, callAt: number): ToolResultChunk | undefined => {
    const same = byId.get(call.toolCallId);
    const found = same?.findIndex(({ at }) => at >= callAt) ?? -1;
    return found < 0 ? undefined : same?.splice(found, 1)[0]?.result;
  };
}

function assistantMessages(
  chunks: readonly Chunk[],
  usedIds: Set<string>,
  takeResult: (call: ToolCallChunk) => ToolResultChunk | undefined,
): LanguageModelV3Message[] {
  const content: AssistantPart[] = [];
  const results: LanguageModelV3ToolResultPart[] = [];
  for (const chunk of chunks) {
    if (chunk.type === 'text' && !isBlank(chunk.text)) {
      content.push({ type: 'text', text: wellFormed(chunk.text) });
    }
    if (chunk.type !== 'tool-call') continue;
    const call = { ...chunk, toolCallId: uniquePromptCallId(chunk.toolCallId, usedIds) };
    content.push(toolCallPart(call));
    results.push(toolResultPart(call, takeResult(chunk) ?? { content: NO_RESULT, isError: true }));
  }
  if (content.length === 0) return [];
  const message: LanguageModelV3Message = { role: 'assistant', content };
  return results.length === 0 ? [message] : [message, { role: 'tool', content: results }];
}

function isBlank(text: string): boolean {
  return text.trim() === '';
}

function safeInput(input: unknown): JSONObject {
  if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input as JSONObject;
  return { invalidInput: (input ?? null) as JSONValue };
}
