import type { UserEvent } from '@dispatch/collab-contract';
import type { ConversationRow, Log } from '../ports.ts';
import { reportOnce } from '../report-once.ts';
import { DamagedRowError } from '../storage/rows.ts';
import { mayTouch } from './conversation-policy.ts';

/** The read a decision needs. */
export interface UserEventReads {
  conversation(id: string): Promise<ConversationRow | undefined>;
}

/**
 * Decides for one page of a replay which of its events a user may see now: it was theirs to see when it was written, which says nothing about later. Each
 * conversation is asked for once.
 */
export function replayPolicy(
  read: UserEventReads,
  userId: string,
  log: Log,
): (event: UserEvent) => Promise<boolean> {
  const known = new Map<string, Promise<boolean>>();

  async function decide(conversationId: string): Promise<boolean> {
    try {
      return mayTouch(userId, await read.conversation(conversationId));
    } catch (error) {
      if (!(error instanceof DamagedRowError)) throw error;
      const fields = { conversationId, err: error };
      reportOnce(log, `replay ${conversationId}`, fields, 'events of a damaged conversation are left out');
      return false;
    }
  }

  return async (event) => {
    const conversationId = conversationOf(event);
    if (conversationId === undefined) return false;
    const decision = known.get(conversationId) ?? decide(conversationId);
    known.set(conversationId, decision);
    return decision;
  };
}

/** Undefined: of a type this version does not know, so that nothing can be decided about it. */
function conversationOf(event: UserEvent): string | undefined {
  switch (event.type) {
    case 'conversation.created':
    case 'conversation.updated':
      return event.conversation.id;
    case 'conversation.closed':
    case 'turn-replaced':
      return event.conversationId;
    case 'approval.requested':
    case 'approval.resolved':
      return event.approval.conversationId;
    default:
      event satisfies never;
      return undefined;
  }
}
