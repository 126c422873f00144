import type { StoredChunk } from '@dispatch/wire';

/**
 * Query of `GET /conversations/:id`. Anything but whole numbers is refused.
 *
 * @since 0.10.0
 */
export interface ConversationHistoryQuery {
  /** Exclusive lower bound of `seq`, 0 or more. Absent or empty: 0. */
  readonly sinceSeq?: number;
  /** Exclusive upper bound of `seq`, 1 or more. Absent: none. */
  readonly beforeSeq?: number;
  /** The newest so many of the selection, 1 or more; still ascending. Absent: all of it. */
  readonly limit?: number;
  /**
   * `active`: only what is shown, without superseded versions and what followed them. Absent: the log as it is.
   *
   * @since 0.14.0
   */
  readonly view?: 'active';
}

/** `GET /conversations/:id`: the conversation log above a cursor. An unknown id is an empty conversation. */
export interface ConversationHistoryResponse {
  /** Rows with `seq` above `sinceSeq`, ascending, as they are stored: a tool call without result is returned as it is. */
  readonly chunks: readonly StoredChunk[];
  /** `seq` of the last returned row; the requested `sinceSeq` when nothing was returned (0 without one). */
  readonly latestSeq: number;
  /**
   * `seq` of rows of the selection that are missing or not what was written, ascending; they are left out of `chunks`. Absent: none.
   *
   * @since 0.10.0
   */
  readonly damaged?: readonly number[];
}
