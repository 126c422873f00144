import { type DispatchClient, isDispatchError } from '@dispatch/client';
import type { ConversationHistoryQuery, ConversationHistoryResponse } from '@dispatch/transport-contract';
import type { StoredChunk, TurnMetrics } from '@dispatch/wire';
import { CliError } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import type { Output } from '../output.ts';
import { resolveConversation } from '../resolve-conversation.ts';
import { versionMarks } from '../versions/version-marks.ts';
import { brief, printable } from '../wording.ts';

export interface ReadOptions {
  /** Chunks above this `seq` only. */
  readonly since?: number;
  /** The newest so many chunks. */
  readonly limit?: number;
  /** The raw log, with what is not shown any more. */
  readonly all?: boolean;
}

/** Ends that a reader should know of: the text before them is not the whole answer. */
const CUT_REASONS: readonly string[] = ['error', 'aborted', 'interrupted', 'length'];

/** `dispatch read ID`: what is shown of what was said, or all of it, from the log. */
export async function read(
  { client, out }: CommandContext,
  id: string,
  options: ReadOptions,
): Promise<number> {
  const conversation = await resolveConversation(client, id);
  const conversationId = conversation?.id ?? id;
  const window = {
    ...(options.since === undefined ? {} : { sinceSeq: options.since }),
    ...(options.limit === undefined ? {} : { limit: options.limit }),
  };
  const history = await (options.all === true
    ? client.history(conversationId, window)
    : shownHistory(client, conversationId, window));
  const running = conversation?.status === 'active';
  if (conversation === undefined && history.chunks.length === 0) {
    throw new CliError(
      'not-found',
      EXIT.notFound,
      `Conversation ${conversationId} is empty.`,
      'See what is there: dispatch list',
    );
  }
  if (out.json) {
    out.record({ conversationId, ...history });
    return EXIT.success;
  }
  const { turns } = await client.metrics(conversationId);
  if (conversation?.title != null) out.note(out.noteStyle.bold(printable(conversation.title)));
  const marks =
    options.all === true ? await versionMarks(client, conversationId, window, history.chunks) : undefined;
  printLog(out, history.chunks, turns, marks);
  if (history.chunks.length === 0) out.note(`Nothing in ${conversationId} after ${options.since ?? 0}.`);
  if (running) out.note('A turn is running; its text appears here when it ends.');
  return EXIT.success;
}

async function shownHistory(
  client: DispatchClient,
  id: string,
  window: ConversationHistoryQuery,
): Promise<ConversationHistoryResponse> {
  try {
    return await client.history(id, { ...window, view: 'active' });
  } catch (error) {
    if (!isDispatchError(error) || error.code !== 'conversation-damaged') throw error;
    const hint = `Read the log as it is: dispatch read ${id} --all`;
    throw new CliError(error.code, EXIT.conflict, error.message, hint, error.requestId);
  }
}

function printLog(
  out: Output,
  chunks: readonly StoredChunk[],
  turns: readonly TurnMetrics[],
  marks: ReadonlyMap<string, string> | undefined,
): void {
  const { style } = out;
  const reasons = new Map(turns.map(({ turnId, reason }) => [turnId as string, reason]));
  let speaker: string | undefined;
  for (const [index, stored] of chunks.entries()) {
    const mark = stored.turnId === chunks[index - 1]?.turnId ? undefined : marks?.get(stored.turnId ?? '');
    if (mark !== undefined) out.line(style.dim(`(${mark})`));
    const role = speakerOf(stored);
    if (role !== speaker) {
      if (speaker !== undefined) out.line('');
      out.line(style.bold(role === 'user' ? style.green('you') : style.cyan(role)));
      speaker = role;
    }
    out.line(chunkText(out, stored));
    const { turnId } = stored;
    if (turnId === undefined || chunks[index + 1]?.turnId === turnId) continue;
    const reason = reasons.get(turnId);
    if (reason !== undefined && CUT_REASONS.includes(reason)) out.line(style.yellow(`(ended: ${reason})`));
    speaker = undefined;
    if (index + 1 < chunks.length) out.line('');
  }
}

/** What a tool answered belongs to the assistant's side of the conversation, and what was steered into a turn to the user's. */
function speakerOf({ role, chunk }: StoredChunk): StoredChunk['role'] {
  if (chunk.type === 'system' && chunk.steered === true) return 'user';
  return role === 'tool' ? 'assistant' : role;
}

function chunkText({ style, interactive }: Output, { chunk }: StoredChunk): string {
  const safe = (text: string): string => (interactive ? printable(text) : text);
  switch (chunk.type) {
    case 'text':
    case 'system':
      return safe(chunk.text);
    case 'thinking':
      return style.dim(safe(chunk.text));
    case 'tool-call':
      return `${style.cyan(`→ ${safe(chunk.toolName)}`)} ${style.dim(brief(chunk.input))}`;
    case 'tool-result': {
      const mark = chunk.isError ? style.red('✗') : style.green('✓');
      return `${mark} ${safe(chunk.toolName)} ${style.dim(brief(safe(chunk.content)))}`;
    }
    case 'error':
      return style.red(`${safe(chunk.message)}${chunk.code === undefined ? '' : ` (${chunk.code})`}`);
    default:
      return chunk satisfies never;
  }
}
