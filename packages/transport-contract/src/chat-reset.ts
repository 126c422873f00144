/**
 * Why a cursor cannot be served. `unknown-turn`: the conversation has no such turn · `ahead`: the turn has not come that far · `too-old`: its
 * events are no longer kept.
 *
 * @since 0.10.0
 */
export type ChatResetReason = 'unknown-turn' | 'ahead' | 'too-old';

/**
 * The cursor of a `chat.subscribe` cannot be served: drop what you show beyond the conversation log and read the log again. What follows is
 * what a subscription without a cursor gets.
 *
 * @since 0.10.0
 */
export interface ChatResetMessage {
  readonly type: 'chat.reset';
  readonly conversationId: string;
  /** The turn the cursor counted in. Absent when the cursor named none. */
  readonly turnId?: string;
  readonly reason: ChatResetReason;
}
