import type { ConversationStatus } from './conversations.ts';

/**
 * `GET /conversations/:id/status`: what the conversation is doing. An unknown id is idle.
 *
 * @since 0.10.0
 */
export interface ConversationStatusResponse {
  readonly conversationId: string;
  readonly status: ConversationStatus;
  /** The running turn. Null when none is. */
  readonly turnId: string | null;
  /** Null when it has none. */
  readonly title: string | null;
  /** Model it keeps using. Null: the backend's default. */
  readonly model: string | null;
  /** Null when none is stored. */
  readonly cwd: string | null;
}
