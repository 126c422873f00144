import type { TurnMetrics } from '@dispatch/wire';

/** `GET /conversations/:id/metrics`: figures of the sealed turns. */
export interface ConversationMetricsResponse {
  /** One entry per sealed turn, in the order the turns started. The i-th belongs to the i-th user message. */
  readonly turns: readonly TurnMetrics[];
}
