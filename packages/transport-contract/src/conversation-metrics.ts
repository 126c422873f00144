import type { TurnMetrics } from '@dispatch/wire';

/** `GET /conversations/:id/metrics`: figures of the sealed turns. */
export interface ConversationMetricsResponse {
  /** One entry per sealed turn, in the order the turns started. The i-th belongs to the i-th user message unless some are `damaged`. */
  readonly turns: readonly TurnMetrics[];
  /**
   * Places (1 for the first turn) of sealed turns whose figures are missing or not what was written, ascending; they are left out of `turns`. Absent: none.
   *
   * @since 0.11.0
   */
  readonly damaged?: readonly number[];
}
