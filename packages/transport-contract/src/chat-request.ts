/**
 * `POST /chat`: send a message and follow its turn. The answer is NDJSON, one event per line, until `turn-sealed`; the header
 * `X-Conversation-Id` names the conversation; always percent-decode it. A turn already running there: one `error` line and nothing else.
 */
export interface ChatRequest {
  /** The user's message. Over HTTP it is trimmed; blank is refused. */
  readonly message: string;
  /** Minted by the client: 1–128 characters, no control characters, no `/`. Absent: the backend mints one. */
  readonly conversationId?: string;
  /** `<credential>/<model>`. Absent: the backend decides. An unknown name fails the turn, not the request. */
  readonly model?: string;
  /** Absolute working directory for tools. Absent: the conversation's stored one. Present: used and stored. */
  readonly cwd?: string;
  /**
   * Minted by the client for this one message, 1–128 visible ASCII characters; the header `Idempotency-Key` is its synonym. The same key with the
   * same request is one turn, however often it is sent; with another request it is refused. Absent: every request is a new turn.
   *
   * @since 0.10.0
   */
  readonly idempotencyKey?: string;
}
