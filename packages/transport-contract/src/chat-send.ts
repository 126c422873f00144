import type { ChatRequest } from './chat-request.ts';
import type { FrameId } from './frame-answer.ts';

/**
 * Sends a message. The socket is subscribed to the conversation before the turn starts, so it sees the first event. Failures of the
 * turn come as events, never as `chat.error`. With an `id` it is answered by `ack` once the message is stored.
 */
export interface ChatSendMessage extends ChatRequest, FrameId {
  readonly type: 'chat.send';
  /** The user's message, not empty. Not trimmed here. */
  readonly message: string;
}
