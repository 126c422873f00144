import type { StepId } from './ids.ts';

/** Text of a message: what a user sent or a model answered. */
export interface TextChunk {
  readonly type: 'text';
  /** Markdown, unaltered. May be empty. */
  readonly text: string;
}

/** What a model thought aloud before or between its answers. Built from `reasoning-delta` events. */
export interface ThinkingChunk {
  readonly type: 'thinking';
  /** Plain text, unaltered. */
  readonly text: string;
}

/** A model asked for a tool to run. */
export interface ToolCallChunk {
  readonly type: 'tool-call';
  /** Ties the call to its result. Given by the model provider; unique within its turn. */
  readonly toolCallId: string;
  /** Name of the tool as the model was told it. */
  readonly toolName: string;
  /** Arguments as the model gave them: any JSON value. Not checked against the tool's schema. */
  readonly input: unknown;
  /** Step that made the call. Absent on chunks stored before wire 0.2. */
  readonly stepId?: StepId;
}

/** What a tool gave back to the model. */
export interface ToolResultChunk {
  readonly type: 'tool-result';
  /** The call this answers. */
  readonly toolCallId: string;
  /** Name of the tool that ran. */
  readonly toolName: string;
  /** The text the model reads. */
  readonly content: string;
  /** True when `content` describes a failure: the tool failed, was refused or was aborted. */
  readonly isError: boolean;
  /** Step whose call this answers. Absent on chunks stored before wire 0.2. */
  readonly stepId?: StepId;
}

/** A failure that ended a turn, kept in its place in the conversation. */
export interface ErrorChunk {
  readonly type: 'error';
  /** One sentence for people. */
  readonly message: string;
  /** Kebab-case code for programs; an open set. Absent when nothing more is known. */
  readonly code?: string;
}

/** A note of the backend to the model, shown to people as such; or, with `steered`, words of the user. */
export interface SystemChunk {
  readonly type: 'system';
  /** Plain text. */
  readonly text: string;
  /**
   * True: the user steered this into the running turn, and the model read it as theirs. Its role is `system` all the same, so that a turn has one chunk of
   * role `user` as ever. Absent otherwise.
   *
   * @since 0.8.0
   */
  readonly steered?: true;
}

/** A piece of a finished message. Told apart by `type`. */
export type Chunk = TextChunk | ThinkingChunk | ToolCallChunk | ToolResultChunk | ErrorChunk | SystemChunk;

/**
 * The `type` of every {@link Chunk}.
 *
 * @since 0.7.0
 */
export const CHUNK_TYPES = ['text', 'thinking', 'tool-call', 'tool-result', 'error', 'system'] as const;
