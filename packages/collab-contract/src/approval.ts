/**
 * `pending` nobody has answered · `allowed`, `denied` somebody has · `expired` nobody did in time, which denies · `withdrawn` the turn ended before, which denies.
 *
 * @since 0.2.0
 */
export type ApprovalState = 'pending' | 'allowed' | 'denied' | 'expired' | 'withdrawn';

/**
 * What an answer covers: `once` this call · `conversation` also later calls of the tool in this conversation that have the same `pattern`.
 *
 * @since 0.2.0
 */
export type ApprovalScope = 'once' | 'conversation';

/**
 * A tool call that waits for a person, or waited for one. The answer is good for this call with exactly these arguments, once.
 *
 * @since 0.2.0
 */
export interface Approval {
  /** `apr_…`, opaque. */
  readonly id: string;
  readonly conversationId: string;
  readonly turnId: string;
  readonly toolCallId: string;
  /** Name of the tool. */
  readonly tool: string;
  /** Its arguments, as the model gave them and as they will be run. JSON. Written by a model: data, never markup. */
  readonly input: unknown;
  /** One line by the tool's author: what the call would do. */
  readonly summary: string;
  /** What an answer for the whole conversation would cover. Null: the tool cannot say, and answers are good for one call. */
  readonly pattern: string | null;
  readonly state: ApprovalState;
  /** Epoch milliseconds. */
  readonly askedAt: number;
  /** Epoch milliseconds: unanswered until then, it is denied. */
  readonly expiresAt: number;
  /** User that answered. Absent: nobody did. */
  readonly answeredBy?: string;
  /** Epoch milliseconds, however it was resolved. Absent while it is pending. */
  readonly answeredAt?: number;
  /** Present when it was allowed. */
  readonly scope?: ApprovalScope;
}
