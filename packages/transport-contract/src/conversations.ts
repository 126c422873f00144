/**
 * `active` a turn is running · `idle` none is · `closed` the user closed it; sending to it opens it again.
 *
 * @since 0.10.0
 */
export type ConversationStatus = 'active' | 'idle' | 'closed';

/**
 * One conversation in the list.
 *
 * @since 0.10.0
 */
export interface ConversationSummary {
  readonly id: string;
  /** As set, else the first line of its first message. Null when it has neither. */
  readonly title: string | null;
  readonly status: ConversationStatus;
  /** Model it keeps using. Null: the backend's default. */
  readonly model: string | null;
  /** Working directory of its tools. Null when none is stored. */
  readonly cwd: string | null;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Start or seal of its newest turn, or its creation, epoch milliseconds. */
  readonly lastActivityAt: number;
}

/**
 * Query of `GET /conversations`.
 *
 * @since 0.10.0
 */
export interface ConversationsQuery {
  /** Part of a title, in any case, or the start of an id. Absent: all. */
  readonly q?: string;
  /** Absent: all. */
  readonly status?: ConversationStatus;
  /** 1–200. Absent: 50. */
  readonly limit?: number;
  /** `nextCursor` of the page before. Absent: the first page. */
  readonly cursor?: string;
}

/**
 * `GET /conversations`: newest activity first.
 *
 * @since 0.10.0
 */
export interface ConversationsResponse {
  readonly conversations: readonly ConversationSummary[];
  /** Opaque; pass it as `cursor` for the next page. Null on the last one. */
  readonly nextCursor: string | null;
  /**
   * The log `userSeq` counts in. Absent from backends without a user stream.
   *
   * @since 0.13.0
   */
  readonly epoch?: string;
  /**
   * Newest number of the caller's stream when this page was read: the events above it tell what changed since.
   *
   * @since 0.13.0
   */
  readonly userSeq?: number;
}
