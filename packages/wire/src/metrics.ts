import type { StepId, TurnId } from './ids.ts';

/** Tokens a model provider says it read and wrote. */
export interface Usage {
  /** Tokens of the whole prompt, **including** those read from or written to the provider's cache. */
  readonly inputTokens: number;
  /** Tokens produced. */
  readonly outputTokens: number;
  /** Part of `inputTokens` that came from the provider's cache. Absent when the provider reports no cache figures. */
  readonly cacheReadTokens?: number;
  /** Part of `inputTokens` that was written to the provider's cache. Absent when the provider reports no cache figures. */
  readonly cacheWriteTokens?: number;
}

/** Figures of one step, stored with its turn. Timing fields are absent when the step ended before they could be measured. */
export interface StepMetrics {
  readonly stepId: StepId;
  /** What the provider reported for this step; all zero when it reported nothing. */
  readonly usage: Usage;
  /** Milliseconds from the start of the stream to its first text or reasoning delta. Absent when there was none. */
  readonly ttftMs?: number;
  /** Milliseconds from the first delta to the end of the stream. Absent when there was no delta. */
  readonly decodeMs?: number;
  /** Milliseconds from the start of the stream to its end. Present even without a first delta. */
  readonly genTotalMs?: number;
  /**
   * Full name, `<credential>/<model>`, of the model that answered this step. Set by the backend; absent from backends before 0.7.0.
   *
   * @since 0.7.0
   */
  readonly model?: string;
}

/** Figures of one sealed turn. Stored before `turn-sealed` is sent, so they can be read as soon as it arrives. */
export interface TurnMetrics {
  readonly turnId: TurnId;
  /** Sum over `steps`, field by field; a cache field is present when any step had it. */
  readonly usage: Usage;
  /** One entry per step, in order. Empty when the turn ended before its first step. */
  readonly steps: readonly StepMetrics[];
  /** Milliseconds from the start of the turn to its end, waiting for tools included. */
  readonly durationMs?: number;
  /** Tokens in the model's context after the turn: input + output of the last step. Absent when unknown, never 0. */
  readonly contextSize?: number;
  /**
   * Full name, `<credential>/<model>`, of the model that answered last. Absent when none did, and from backends before 0.7.0.
   *
   * @since 0.7.0
   */
  readonly model?: string;
  /**
   * The `reason` of the turn's `done`. Set by the backend; absent from backends before 0.7.0.
   *
   * @since 0.7.0
   */
  readonly reason?: string;
  /**
   * When the turn started, epoch milliseconds. Set by the backend; absent from backends before 0.7.0.
   *
   * @since 0.7.0
   */
  readonly startedAt?: number;
  /**
   * When the turn was sealed, epoch milliseconds. Set by the backend; absent from backends before 0.7.0.
   *
   * @since 0.7.0
   */
  readonly sealedAt?: number;
}
