import type { ErrorCode } from './error-codes.ts';

/**
 * What any client frame may carry beside its own fields.
 *
 * @since 0.10.0
 */
export interface FrameId {
  /**
   * Minted by the client, 1–128 characters; comes back on the `ack`, `error` or `chat.error` that answers this frame. Absent: success is
   * not acknowledged.
   */
  readonly id?: string;
}

/**
 * What a refused frame is told beside its message: the fields of an HTTP error, and which frame. Absent from backends before 0.10.0.
 *
 * @since 0.10.0
 */
export interface FrameRefusal {
  /** For programs. */
  readonly code?: ErrorCode;
  /** What to do about it. Absent when the message says it all. */
  readonly hint?: string;
  /** Whether the same frame may succeed later. */
  readonly retryable?: boolean;
  /**
   * Milliseconds until it may succeed. Absent: unknown.
   *
   * @since 0.13.0
   */
  readonly retryAfterMs?: number;
  /** Names the refusal in the operator's log. Minted by the backend. */
  readonly requestId?: string;
  /** The `id` of the refused frame. Absent when it had none or could not be read. */
  readonly id?: string;
}

/**
 * The frame with this `id` was carried out and its effect is stored.
 *
 * @since 0.10.0
 */
export interface AckMessage {
  readonly type: 'ack';
  /** The `id` of the frame. */
  readonly id: string;
  /** The conversation that was written to. Only for `chat.send`. */
  readonly conversationId?: string;
  /** The turn that was started. Only for `chat.send`. */
  readonly turnId?: string;
}
