import type { FrameId } from './frame-answer.ts';

/**
 * Watches a conversation. Without a cursor a running turn is replayed from its first event, then live ones follow; an idle one sends nothing.
 * With a cursor come the events after it, every later turn in full, then live ones: no gap and no repeat.
 */
export interface ChatSubscribeMessage extends FrameId {
  readonly type: 'chat.subscribe';
  readonly conversationId: string;
  /**
   * The turn `after` counts in. Absent: the newest turn of the conversation.
   *
   * @since 0.10.0
   */
  readonly turnId?: string;
  /**
   * `n` of the last event you have; -1: that turn from its start. Absent: no cursor. One that cannot be served is answered by `chat.reset`.
   *
   * @since 0.10.0
   */
  readonly after?: number;
}

/** Stops watching. Never stops the turn. Not answered, unless it has an `id`. */
export interface ChatUnsubscribeMessage extends FrameId {
  readonly type: 'chat.unsubscribe';
  readonly conversationId: string;
}
