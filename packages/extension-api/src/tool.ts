import type { JsonSchema, JsonValue } from './json.ts';

/** What one call of a tool knows about its surroundings. */
export interface ToolContext {
  readonly conversationId: string;
  readonly turnId: string;
  readonly toolCallId: string;
  /** The conversation's working directory. Absent when none is set. */
  readonly cwd?: string;
  /** Aborted when the turn is stopped or reaches a ceiling. The turn does not wait for a tool that ignores it. */
  readonly signal: AbortSignal;
  /** Live output for watchers; it is no part of the result. Returns at once. */
  onOutput(data: string, stream: 'stdout' | 'stderr'): void;
}

/** What a tool gives back to the model. */
export interface ToolResult {
  /** The text the model reads. */
  readonly content: string;
  /** Whether `content` describes a failure. */
  readonly isError: boolean;
}

/** What a person reads before they let a call run. Both functions get the arguments as the model gave them, in whatever shape, and must not throw. */
export interface ToolApproval {
  /** One line: what the call would do, as exactly as fits. */
  summary(input: JsonValue): string;
  /**
   * What "always for this conversation" covers: later calls of the same tool for which this gives the same text. As narrow as is still of use, for example
   * the path of a file or the name of a program, never the empty text.
   */
  pattern(input: JsonValue): string;
}

/** Something a model may call. */
export interface Tool {
  /** Unique, `[a-zA-Z0-9_-]{1,64}`. */
  readonly name: string;
  /** What the model reads to decide whether to call it. */
  readonly description: string;
  /** Of type `object`: what the model may pass. */
  readonly inputSchema: JsonSchema;
  /** True when calls may run beside others of the same step and may be repeated without harm. Absent: one at a time. */
  readonly readOnly?: boolean;
  /** Present: a call runs only after a person allowed it, with exactly these arguments. Absent: nobody is asked. Not with `readOnly`. */
  readonly approval?: ToolApproval;
  /** Runs the call. An exception becomes an error result; its message goes to the model. */
  execute(input: JsonValue, context: ToolContext): Promise<ToolResult>;
}
