import type { WsClientMessage, WsServerMessage } from './messages.ts';
import type { Scope } from './scope.ts';

/**
 * One kind of WebSocket frame, as data.
 *
 * @since 0.10.0
 */
export interface FrameDefinition<Type extends string = string> {
  readonly type: Type;
  /** What the sender of a client frame, or the receiver of a server frame, must be allowed to do. */
  readonly scope: Scope;
  /** Version of this package that had it first. */
  readonly since: string;
  /** What it says, in one sentence. */
  readonly summary: string;
}

const define = <Type extends string>(
  type: Type,
  scope: Scope,
  since: string,
  summary: string,
): FrameDefinition<Type> => ({ type, scope, since, summary });

/**
 * Every frame a client may send, by type.
 *
 * @since 0.10.0
 */
export const CLIENT_FRAMES: { readonly [Type in WsClientMessage['type']]: FrameDefinition<Type> } = {
  'client.hello': define('client.hello', 'public', '0.10.0', 'What the client says about itself.'),
  ping: define('ping', 'public', '0.10.0', 'Asks for a `pong`.'),
  subscribe: define('subscribe', 'chat:read', '0.1.0', 'Asks for a surface and its updates.'),
  unsubscribe: define('unsubscribe', 'chat:read', '0.1.0', 'Ends a subscription of a surface.'),
  invoke: define('invoke', 'chat:write', '0.1.0', 'Runs an action of a surface.'),
  'chat.send': define('chat.send', 'chat:write', '0.1.0', 'Sends a message and watches its conversation.'),
  'chat.subscribe': define('chat.subscribe', 'chat:read', '0.7.0', 'Watches a conversation.'),
  'chat.unsubscribe': define('chat.unsubscribe', 'chat:read', '0.7.0', 'Stops watching a conversation.'),
  'presence.status': define('presence.status', 'signed-in', '0.13.0', "Sets one's own status text."),
  'presence.update': define(
    'presence.update',
    'signed-in',
    '0.13.0',
    'Deprecated alias of `presence.status`; its `status` is ignored.',
  ),
  'typing.start': define('typing.start', 'signed-in', '0.13.0', 'The sender began to type in a channel.'),
  'typing.stop': define('typing.stop', 'signed-in', '0.13.0', 'The sender stopped typing in a channel.'),
};

/**
 * Every frame a backend may send, by type.
 *
 * @since 0.10.0
 */
export const SERVER_FRAMES: { readonly [Type in WsServerMessage['type']]: FrameDefinition<Type> } = {
  hello: define('hello', 'public', '0.10.0', 'First frame: versions, abilities, limits.'),
  catalog: define('catalog', 'chat:read', '0.1.0', 'All surfaces; after `hello` and on every change.'),
  surface: define('surface', 'chat:read', '0.1.0', 'Answers `subscribe`: the surface as it stands.'),
  update: define('update', 'chat:read', '0.1.0', 'A subscribed surface changed.'),
  error: define('error', 'public', '0.1.0', 'A frame that is no chat frame was refused.'),
  'chat.delta': define('chat.delta', 'chat:read', '0.1.0', 'One event of a watched conversation.'),
  'chat.error': define('chat.error', 'public', '0.1.0', 'A chat frame was refused.'),
  'chat.reset': define(
    'chat.reset',
    'chat:read',
    '0.10.0',
    'The cursor of a `chat.subscribe` cannot be served.',
  ),
  'turn-replaced': define(
    'turn-replaced',
    'chat:read',
    '0.14.0',
    'Another version is shown in the place of a turn.',
  ),
  ack: define('ack', 'public', '0.10.0', 'A frame with an `id` was carried out.'),
  status: define('status', 'public', '0.10.0', 'Whether the gateway reaches the kernel.'),
  ping: define('ping', 'public', '0.10.0', 'The gateway is there.'),
  pong: define('pong', 'public', '0.10.0', "Answers a client's `ping`."),
  'user.event': define('user.event', 'chat:read', '0.13.0', "The next event of the user's stream."),
  'user.skip': define(
    'user.skip',
    'chat:read',
    '0.13.0',
    "A number of the user's stream whose content is not shown.",
  ),
  bye: define('bye', 'public', '0.10.0', 'Last frame before the gateway closes the connection on purpose.'),
  'presence.snapshot': define('presence.snapshot', 'signed-in', '0.13.0', 'Who is there, behind `catalog`.'),
  'presence.update': define(
    'presence.update',
    'signed-in',
    '0.13.0',
    'Who came, went, or changed their text; at most one a second.',
  ),
};
