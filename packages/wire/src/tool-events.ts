import type { StepId } from './ids.ts';

/** A model asked for a tool to run. The tool may start while the model still streams. */
export interface TurnToolCallEvent {
  readonly type: 'tool-call';
  readonly conversationId: string;
  readonly turnId: string;
  /** Step that made the call. */
  readonly stepId: StepId;
  /** Ties the call to its output and result. Unique within its turn. */
  readonly toolCallId: string;
  /** Name of the tool as the model was told it. */
  readonly toolName: string;
  /** Arguments as the model gave them: any JSON value. */
  readonly input: unknown;
}

/** A tool finished. Results of a step come after its `step-complete`, in the order of the calls. */
export interface TurnToolResultEvent {
  readonly type: 'tool-result';
  readonly conversationId: string;
  readonly turnId: string;
  /** Step whose call this answers. */
  readonly stepId: StepId;
  /** The call this answers. */
  readonly toolCallId: string;
  readonly toolName: string;
  /** The text the model reads. */
  readonly content: string;
  /** True when `content` describes a failure. */
  readonly isError: boolean;
  /** Milliseconds the tool took. Absent when it did not run. */
  readonly durationMs?: number;
}

/** Live output of a running tool. For watchers only: never stored as a chunk, no part of the result. */
export interface TurnToolOutputEvent {
  readonly type: 'tool-output';
  readonly conversationId: string;
  readonly turnId: string;
  /** The call whose tool writes. */
  readonly toolCallId: string;
  /** What it wrote since the last such event. */
  readonly data: string;
  /** Where it wrote to. */
  readonly stream: 'stdout' | 'stderr';
}
