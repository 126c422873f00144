export type { ApprovalList } from './approval-list.ts';
export { applyToApprovals, approvalList } from './approval-list.ts';
export type { ChatAnswer } from './chat-answer.ts';
export type { ClientClock } from './clock.ts';
export { mintId } from './clock.ts';
export type { ChatSubscription, ConnectOptions, SubscribeOptions } from './connect-options.ts';
export type { Connection } from './connection.ts';
export type { ConversationList } from './conversation-list.ts';
export { applyToConversations, conversationList } from './conversation-list.ts';
export type { ClientSetup, DispatchClient } from './create-client.ts';
export { createClient } from './create-client.ts';
export type { DispatchErrorDetails } from './dispatch-error.ts';
export { CLIENT_ERROR_CODES, DispatchError, isDispatchError } from './dispatch-error.ts';
export type { CallOptions } from './http.ts';
export type { SentTurn } from './outbox.ts';
export { OUTBOX_LIMIT } from './outbox.ts';
export type {
  ByteStream,
  FetchFunction,
  FetchInit,
  FetchResponse,
  PlatformAbortSignal,
  SocketConstructor,
  SocketLike,
} from './platform.ts';
export { replaceTurn } from './replace-turn.ts';
export type { ChatCursor, ChatEventPosition, ChatReset } from './subscription-book.ts';
export type { SurfaceCallbacks, SurfaceHandle, SurfaceOptions } from './surfaces.ts';
export type { ConnectionChange, ConnectionState } from './uplink.ts';
export type { UserPosition, UserReset, UserStream } from './user-stream.ts';
