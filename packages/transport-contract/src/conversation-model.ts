/**
 * `GET` and `PUT /conversations/:id/model`: what the conversation uses when a request names no model.
 *
 * @since 0.10.0
 */
export interface ConversationModelResponse {
  readonly conversationId: string;
  /** `<credential>/<model>`. Null: the backend's default, also for an unknown id. */
  readonly model: string | null;
  /** Tried in order when a model fails before its first byte. Empty: those of the backend's configuration. */
  readonly fallbackModels: readonly string[];
}

/**
 * `PUT /conversations/:id/model`. Fields that are absent stay as they are.
 *
 * @since 0.10.0
 */
export interface SetConversationModelRequest {
  /** `<credential>/<model>`. Null: back to the backend's default. */
  readonly model?: string | null;
  /** At most 5, in order. Empty: back to the configuration's. */
  readonly fallbackModels?: readonly string[];
}
