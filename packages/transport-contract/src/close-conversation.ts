/**
 * `POST /conversations/:id/close`: the user closed this conversation. Unlike losing a socket or `chat.unsubscribe` it aborts the running turn
 * and ends the conversation's automatic work. Needs no body; answers before the aborted turn is sealed. History, metrics and the
 * working directory stay, and sending to it opens it again.
 *
 * @since 0.9.0
 */
export interface CloseConversationResponse {
  readonly conversationId: string;
  /** Whether a turn was running and is being aborted. False for an idle or unknown conversation. */
  readonly abortedTurn: boolean;
}
