import type { WsClientMessage } from '@dispatch/transport-contract';
import type { FrameHandler } from './frame-handler.ts';
import { chatSend } from './handlers/chat-send.ts';
import { chatSubscribe } from './handlers/chat-subscribe.ts';
import { chatUnsubscribe } from './handlers/chat-unsubscribe.ts';
import { clientHello } from './handlers/client-hello.ts';
import { invoke } from './handlers/invoke.ts';
import { ping } from './handlers/ping.ts';
import { presenceStatus } from './handlers/presence-status.ts';
import { presenceUpdate } from './handlers/presence-update.ts';
import { subscribe } from './handlers/subscribe.ts';
import { typing } from './handlers/typing.ts';
import { unsubscribe } from './handlers/unsubscribe.ts';

type Handlers = {
  readonly [Type in WsClientMessage['type']]: FrameHandler<Extract<WsClientMessage, { type: Type }>>;
};

/** Who carries out which frame: one row for each of `CLIENT_FRAMES`. */
export const HANDLERS: Handlers = {
  subscribe,
  unsubscribe,
  invoke,
  'chat.send': chatSend,
  'chat.subscribe': chatSubscribe,
  'chat.unsubscribe': chatUnsubscribe,
  'client.hello': clientHello,
  ping,
  'presence.status': presenceStatus,
  'presence.update': presenceUpdate,
  'typing.start': typing,
  'typing.stop': typing,
};
