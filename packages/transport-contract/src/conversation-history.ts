import type { StoredChunk } from '@dispatch/wire';

/** `GET /conversations/:id`: the conversation log above a cursor. An unknown id is an empty conversation. */
export interface ConversationHistoryResponse {
  /** Rows with `seq` above `sinceSeq`, ascending, as they are stored: a tool call without result is returned as it is. */
  readonly chunks: readonly StoredChunk[];
  /** `seq` of the last returned row; the requested `sinceSeq` when nothing was returned (0 without one). */
  readonly latestSeq: number;
}
