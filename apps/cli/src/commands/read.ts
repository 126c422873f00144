import type { StoredChunk, TurnMetrics } from '@dispatch/wire';
import { CliError } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import type { Output } from '../output.ts';
import { resolveConversation } from '../resolve-conversation.ts';
import { brief, printable } from '../wording.ts';

export interface ReadOptions {
  /** Chunks above this `seq` only. */
  readonly since?: number;
  /** The newest so many chunks. */
  readonly limit?: number;
}

/** Ends that a reader should know of: the text before them is not the whole answer. */
const CUT_REASONS: readonly string[] = ['error', 'aborted', 'interrupted', 'length'];

/** `dispatch read ID`: what was said, from the log. */
export async function read(
  { client, out }: CommandContext,
  id: string,
  options: ReadOptions,
): Promise<number> {
  const conversation = await resolveConversation(client, id);
  const conversationId = conversation?.id ?? id;
  const history = await client.history(conversationId, {
    ...(options.since === undefined ? {} : { sinceSeq: options.since }),
    ...(options.limit === undefined ? {} : { limit: options.limit }),
  });
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
  printLog(out, history.chunks, turns);
  if (history.chunks.length === 0) out.note(`Nothing in ${conversationId} after ${options.since ?? 0}.`);
  if (running) out.note('A turn is running; its text appears here when it ends.');
  return EXIT.success;
}

function printLog(out: Output, chunks: readonly StoredChunk[], turns: readonly TurnMetrics[]): void {
  const { style } = out;
  const reasons = new Map(turns.map(({ turnId, reason }) => [turnId as string, reason]));
  let speaker: string | undefined;
  for (const [index, stored] of chunks.entries()) {
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
