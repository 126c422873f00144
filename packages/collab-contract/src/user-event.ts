import type { Approval } from './approval.ts';
import type { ConversationSnapshot } from './conversation-snapshot.ts';
import type { TurnReplacedEvent } from './turn-replaced.ts';

/** A conversation is there that was not: its first message or setting was stored. */
export interface ConversationCreatedEvent {
  readonly type: 'conversation.created';
  readonly conversation: ConversationSnapshot;
}

/** Something the list shows of a conversation is another now; it is given whole. Also when a closed one was opened again. */
export interface ConversationUpdatedEvent {
  readonly type: 'conversation.updated';
  readonly conversation: ConversationSnapshot;
}

/** The user closed it, on whichever device. */
export interface ConversationClosedEvent {
  readonly type: 'conversation.closed';
  readonly conversationId: string;
}

/**
 * A tool call waits for a person who may answer for its conversation: `POST /approvals/:approvalId`.
 *
 * @since 0.2.0
 */
export interface ApprovalRequestedEvent {
  readonly type: 'approval.requested';
  readonly approval: Approval;
}

/**
 * It waits no longer: somebody answered, on whichever device, or it expired, or its turn ended.
 *
 * @since 0.2.0
 */
export interface ApprovalResolvedEvent {
  readonly type: 'approval.resolved';
  readonly approval: Approval;
}

/** What a user's stream tells, told apart by `type`. Each is stored in the commit that caused it. Drop those whose `type` you do not know. */
export type UserEvent =
  | ConversationCreatedEvent
  | ConversationUpdatedEvent
  | ConversationClosedEvent
  | TurnReplacedEvent
  | ApprovalRequestedEvent
  | ApprovalResolvedEvent;
