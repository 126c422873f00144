import type {
  CatalogMessage,
  SurfaceClientMessage,
  SurfaceMessage,
  SurfaceUpdateMessage,
} from '@dispatch/ui-contract';
import type { ChatDeltaMessage } from './chat-delta.ts';
import type { ChatErrorMessage } from './chat-error.ts';
import type { ChatResetMessage } from './chat-reset.ts';
import type { ChatSendMessage } from './chat-send.ts';
import type { ChatSubscribeMessage, ChatUnsubscribeMessage } from './chat-subscribe.ts';
import type { ErrorMessage } from './error-message.ts';
import type { AckMessage, FrameId } from './frame-answer.ts';
import type {
  ByeMessage,
  ClientPingMessage,
  KernelStatusMessage,
  PingMessage,
  PongMessage,
} from './heartbeat.ts';
import type { ClientHelloMessage, HelloMessage } from './hello.ts';
import type {
  ClientPresenceUpdateMessage,
  PresenceSnapshotMessage,
  PresenceStatusMessage,
  PresenceUpdateMessage,
} from './presence.ts';
import type { TypingStartMessage, TypingStopMessage } from './typing.ts';
import type { UserEventMessage, UserSkipMessage } from './user-stream.ts';
import type { TurnReplacedMessage } from './versions.ts';

/** Everything a client may send over the WebSocket, told apart by `type`. */
export type WsClientMessage =
  | (SurfaceClientMessage & FrameId)
  | ChatSendMessage
  | ChatSubscribeMessage
  | ChatUnsubscribeMessage
  | ClientHelloMessage
  | ClientPingMessage
  | PresenceStatusMessage
  | ClientPresenceUpdateMessage
  | TypingStartMessage
  | TypingStopMessage;

/** Everything a backend may send over the WebSocket, told apart by `type`. Drop frames whose `type` you do not know. */
export type WsServerMessage =
  | HelloMessage
  | CatalogMessage
  | SurfaceMessage
  | SurfaceUpdateMessage
  | ErrorMessage
  | ChatDeltaMessage
  | ChatErrorMessage
  | ChatResetMessage
  | TurnReplacedMessage
  | AckMessage
  | KernelStatusMessage
  | PingMessage
  | PongMessage
  | ByeMessage
  | UserEventMessage
  | UserSkipMessage
  | PresenceSnapshotMessage
  | PresenceUpdateMessage;
