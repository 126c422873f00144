import type { ConversationRow, Queries, Rows, Statement } from '../ports.ts';

/**
 * Who may touch a conversation: its owner, and anybody while it does not exist, because the first write makes its writer the owner.
 * The one decision for routes, watches, replays and writes. A foreign conversation reads as an unknown one does: empty.
 */
export function mayTouch(userId: string, row: ConversationRow | undefined): boolean {
  return row === undefined || row.ownerId === userId;
}

/** Who may let a tool act in a conversation: whoever learns that it asks. */
export function mayAnswer(userId: string, row: ConversationRow): boolean {
  return audienceOf(row).includes(userId);
}

/** Who learns what becomes of a conversation. */
export function audienceOf(row: ConversationRow): readonly string[] {
  return [row.ownerId];
}

/** The conversation as this user sees it: undefined when it does not exist or is somebody else's. */
export async function visibleConversation(
  read: { conversation(id: string): Promise<ConversationRow | undefined> },
  userId: string,
  conversationId: string,
): Promise<ConversationRow | undefined> {
  const row = await read.conversation(conversationId);
  return mayTouch(userId, row) ? row : undefined;
}

/** Inside a plan: the row to change (undefined: none yet), or the one refusal of every write. */
export function* writableConversation(
  q: Queries,
  userId: string,
  conversationId: string,
): Generator<Statement, { readonly allowed: boolean; readonly row: ConversationRow | undefined }, Rows> {
  const row = yield* q.conversation(conversationId);
  return { allowed: mayTouch(userId, row), row };
}
