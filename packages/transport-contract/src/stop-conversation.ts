/**
 * `POST /conversations/:id/stop`: abort the running turn and nothing else. The body is optional.
 *
 * @since 0.10.0
 */
export interface StopConversationRequest {
  /** Stop this turn only; if another one is running by now, nothing happens. Absent: whichever is running. */
  readonly turnId?: string;
}

/**
 * What was stopped. The answer does not wait: watchers get `done` with reason `aborted`, then `turn-sealed`.
 *
 * @since 0.10.0
 */
export interface StopConversationResponse {
  readonly conversationId: string;
  /** Whether a turn is being aborted. */
  readonly stopped: boolean;
  /** The turn that is being aborted. Null when none is. */
  readonly turnId: string | null;
}
