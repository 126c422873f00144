/**
 * `pending` nobody has answered · `allowed`, `denied` somebody has · `expired` nobody did in time, which denies · `withdrawn` nobody may answer any more, which denies: its turn
 * ended, or its conversation has another working directory.
 *
 * @since 0.2.0
 */
export type ApprovalState = 'pending' | 'allowed' | 'denied' | 'expired' | 'withdrawn';

/**
 * What an answer covers: `once` this call · `conversation` also the calls of the tool in this conversation that have the same `pattern`, in the same `cwd`: those that wait, and later ones.
 *
 * @since 0.2.0
 */
export type ApprovalScope = 'once' | 'conversation';

/**
 * A tool call that waits for a person, or waited for one. The answer is good for this call with exactly these arguments in this directory, once.
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
  /** Working directory it will be run in. Absent: the conversation has none. */
  readonly cwd?: string;
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
