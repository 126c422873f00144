import type { SurfaceClientMessage, SurfaceServerMessage } from '@dispatch/ui-contract';
import type { ChatDeltaMessage } from './chat-delta.ts';
import type { ChatErrorMessage } from './chat-error.ts';
import type { ChatSendMessage } from './chat-send.ts';
import type { ChatSubscribeMessage, ChatUnsubscribeMessage } from './chat-subscribe.ts';

/** Everything a client may send over the WebSocket, told apart by `type`. */
export type WsClientMessage =
  | SurfaceClientMessage
  | ChatSendMessage
  | ChatSubscribeMessage
  | ChatUnsubscribeMessage;

/** Everything a backend may send over the WebSocket, told apart by `type`. Drop frames whose `type` you do not know. */
export type WsServerMessage = SurfaceServerMessage | ChatDeltaMessage | ChatErrorMessage;
