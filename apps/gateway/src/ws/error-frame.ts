import type { WsServerMessage } from '@dispatch/transport-contract';
import { isRetryable, type Refusal } from '../refusal.ts';

/** What a refused frame was about, as far as it could be read. */
export interface RefusedFrame {
  readonly type?: string;
  readonly id?: string;
  readonly conversationId?: string;
  readonly surfaceId?: string;
}

/** The answer to a frame that is not carried out: `chat.error` for frames about chat, `error` for all others. */
export function errorFrame(refusal: Refusal, frame: RefusedFrame = {}): WsServerMessage {
  const details = {
    message: refusal.message,
    code: refusal.code,
    ...(refusal.hint !== undefined && { hint: refusal.hint }),
    retryable: isRetryable(refusal),
    ...(refusal.retryAfterMs !== undefined && { retryAfterMs: refusal.retryAfterMs }),
    ...(refusal.requestId !== undefined && { requestId: refusal.requestId }),
    ...(frame.id !== undefined && { id: frame.id }),
    ...(refusal.retryAfterMs !== undefined && { retryAfterMs: refusal.retryAfterMs }),
  };
  const { conversationId, surfaceId } = frame;
  if (frame.type?.startsWith('chat.')) {
    return { type: 'chat.error', ...details, ...(conversationId !== undefined && { conversationId }) };
  }
  return { type: 'error', ...details, ...(surfaceId !== undefined && { surfaceId }) };
}
