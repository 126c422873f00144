export type { Approval, ApprovalScope, ApprovalState } from './approval.ts';
export type { ConversationSnapshot } from './conversation-snapshot.ts';
export type { Presence } from './presence.ts';
export { STATUS_TEXT_CHARACTERS } from './presence.ts';
export type { TurnReplacedEvent } from './turn-replaced.ts';
export type { User, WorkspaceRole } from './user.ts';
export type {
  ApprovalRequestedEvent,
  ApprovalResolvedEvent,
  ConversationClosedEvent,
  ConversationCreatedEvent,
  ConversationUpdatedEvent,
  UserEvent,
} from './user-event.ts';
export { COLLAB_CONTRACT_VERSION } from './version.ts';
