import type { ConversationSnapshot } from '@dispatch/collab-contract';
import type { ConversationRow, UserEventDraft } from '../ports.ts';
import { audienceOf } from './conversation-policy.ts';

/**
 * What users learn of a change of a conversation's row, in the commit that makes it: nothing when what they see of it, and its place among the others, stays
 * as it was. `before` is undefined when the change made it.
 */
export function conversationEvents(
  before: ConversationRow | undefined,
  after: ConversationRow,
): readonly UserEventDraft[] {
  const audience = audienceOf(after);
  const conversation = snapshotOf(after);
  if (before === undefined) return [{ audience, event: { type: 'conversation.created', conversation } }];
  if (before.status !== 'closed' && after.status === 'closed') {
    return [{ audience, event: { type: 'conversation.closed', conversationId: after.id } }];
  }
  if (before.activity === after.activity && isSame(snapshotOf(before), conversation)) return [];
  return [{ audience, event: { type: 'conversation.updated', conversation } }];
}

function snapshotOf(row: ConversationRow): ConversationSnapshot {
  const { id, title, status, model, cwd, createdAt, lastActivityAt } = row;
  return { id, title, status, model, cwd, createdAt, lastActivityAt };
}

function isSame(a: ConversationSnapshot, b: ConversationSnapshot): boolean {
  return (Object.keys(a) as (keyof ConversationSnapshot)[]).every((field) => a[field] === b[field]);
}
