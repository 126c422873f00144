import type { ChatRequest } from './chat-request.ts';

/**
 * Sends a message. The socket is subscribed to the conversation before the turn starts, so it sees the first event. Failures of the
 * turn come as events, never as `chat.error`.
 */
export interface ChatSendMessage extends ChatRequest {
  readonly type: 'chat.send';
  /** The user's message, not empty. Not trimmed here. */
  readonly message: string;
}
