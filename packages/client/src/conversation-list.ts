import type { ConversationSnapshot, UserEvent } from '@dispatch/collab-contract';
import type { ConversationsResponse } from '@dispatch/transport-contract';

/** A user's conversations, newest activity first, as they were at one number of the user's stream. */
export interface ConversationList {
  /** The log `seq` counts in; undefined from a backend without a user stream. */
  readonly epoch: string | undefined;
  readonly seq: number;
  readonly conversations: readonly ConversationSnapshot[];
  /** True: there are older ones that are not here. */
  readonly isPartial: boolean;
}

/** The list as `GET /conversations` read it. */
export function conversationList({
  conversations,
  nextCursor,
  epoch,
  userSeq = 0,
}: ConversationsResponse): ConversationList {
  return { epoch, seq: userSeq, conversations, isPartial: nextCursor !== null };
}

/**
 * The list after an event of the stream: what the backend would answer now. Events that the list has already change nothing, so that a list may be read while
 * events arrive.
 */
export function applyToConversations(
  list: ConversationList,
  event: UserEvent,
  seq: number,
): ConversationList {
  if (seq <= list.seq) return list;
  return { ...list, seq, conversations: changed(list, event) };
}

function changed(
  { conversations, isPartial }: ConversationList,
  event: UserEvent,
): readonly ConversationSnapshot[] {
  switch (event.type) {
    case 'conversation.created':
      return [event.conversation, ...without(conversations, event.conversation.id)];
    case 'conversation.updated': {
      const { conversation } = event;
      const known = conversations.find(({ id }) => id === conversation.id);
      if (known === undefined)
        return isPartial ? placed(conversations, conversation) : [conversation, ...conversations];
      if (isActivity(known, conversation)) return [conversation, ...without(conversations, conversation.id)];
      return conversations.map((one) => (one === known ? conversation : one));
    }
    case 'conversation.closed':
      return conversations.map((one) =>
        one.id === event.conversationId ? { ...one, status: 'closed' } : one,
      );
    case 'turn-replaced':
    case 'approval.requested':
    case 'approval.resolved':
      return conversations;
    default:
      event satisfies never;
      return conversations;
  }
}

/** Whether a turn began or ended, which takes a conversation to the front; a setting leaves it where it is. */
function isActivity(before: ConversationSnapshot, after: ConversationSnapshot): boolean {
  if (before.status !== after.status || before.lastActivityAt !== after.lastActivityAt) return true;
  return before.title === after.title && before.model === after.model && before.cwd === after.cwd;
}

/** One that was not on the page: where its activity belongs, or nowhere when that is behind the page. */
function placed(
  conversations: readonly ConversationSnapshot[],
  conversation: ConversationSnapshot,
): readonly ConversationSnapshot[] {
  const at = conversations.findIndex(({ lastActivityAt }) => lastActivityAt <= conversation.lastActivityAt);
  return at === -1
    ? conversations
    : [...conversations.slice(0, at), conversation, ...conversations.slice(at)];
}

function without(
  conversations: readonly ConversationSnapshot[],
  id: string,
): readonly ConversationSnapshot[] {
  return conversations.filter((one) => one.id !== id);
}
