import { mintId } from '@dispatch/client';
import type { TurnEffect } from '@dispatch/transport-contract';
import { spelledOut } from '../approvals/approval-text.ts';
import { runChat, tellEnd } from '../chat/chat-run.ts';
import type { CommandContext } from '../command-context.ts';
import { connected } from '../connected.ts';
import { requireConversation } from '../resolve-conversation.ts';
import { findTurn } from '../versions/find-turn.ts';

export interface RegenerateOptions {
  /** Any version of the message's turn, or the beginning of its id; absent: the newest that is shown. */
  readonly turn?: string;
  readonly model?: string;
}

/** `dispatch regenerate CONVERSATION WORDS`: one message answered once more, with these words in its place if there are any. */
export async function regenerate(
  context: CommandContext,
  given: string,
  words: string[],
  options: RegenerateOptions,
): Promise<number> {
  const { client, out } = context;
  const { id: conversationId } = await requireConversation(client, given);
  const request = {
    turnId: await findTurn(client, conversationId, options.turn),
    idempotencyKey: mintId('key'),
    ...(words.length > 0 && { message: words.join(' ') }),
    ...(options.model !== undefined && { model: options.model }),
  };
  const start = async (): Promise<{ readonly turnId: string }> => {
    const begun = await client.regenerate(conversationId, request);
    if (out.json) out.record({ type: 'version', ...begun });
    out.note(out.noteStyle.dim(`version ${begun.version} · dispatch versions ${conversationId}`));
    tellWhatStays(context, begun.irreversible);
    return begun;
  };
  const connection = await connected(context);
  try {
    return tellEnd(context, conversationId, await runChat(context, connection, { conversationId, start }));
  } finally {
    connection.close();
  }
}

function tellWhatStays({ out }: CommandContext, effects: readonly TurnEffect[]): void {
  if (effects.length === 0) return;
  out.note(out.noteStyle.yellow('What the version before did outside stays:'));
  for (const { summary } of effects) out.note(`  ${spelledOut(summary)}`);
}
