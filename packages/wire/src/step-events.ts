import type { StepId } from './ids.ts';
import type { Usage } from './metrics.ts';

/** What the provider reported for a step. Figures of one step replace earlier ones of the same step; steps are summed. */
export interface TurnUsageEvent {
  readonly type: 'usage';
  readonly conversationId: string;
  readonly turnId: string;
  readonly usage: Usage;
  /** Step the figures belong to. Absent only from backends before wire 0.3. */
  readonly stepId?: StepId;
}

/** The model's stream of a step has ended. Once per step, also when it failed or was aborted. Not stored as a chunk. */
export interface TurnStepCompleteEvent {
  readonly type: 'step-complete';
  readonly conversationId: string;
  readonly turnId: string;
  readonly stepId: StepId;
  /** Milliseconds from the start of the stream to its first text or reasoning delta. Absent when there was none. */
  readonly ttftMs?: number;
  /** Milliseconds from the first delta to the end of the stream. Absent when there was no delta. */
  readonly decodeMs?: number;
  /** Milliseconds from the start of the stream to its end. Absent when it could not be measured. */
  readonly genTotalMs?: number;
}
