/**
 * `GET` and `PUT /conversations/:id/title`.
 *
 * @since 0.10.0
 */
export interface TitleResponse {
  readonly conversationId: string;
  /** As set, else the first line of the first message. Null when there is neither, also for an unknown id. */
  readonly title: string | null;
}

/**
 * `PUT /conversations/:id/title`.
 *
 * @since 0.10.0
 */
export interface SetTitleRequest {
  /** At most 200 characters; trimmed. Null clears it. */
  readonly title: string | null;
}
