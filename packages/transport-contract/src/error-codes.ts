/**
 * Every code an error can carry. `ERRORS` says what each means. Since 0.12.0: `warm-running`, `nothing-to-warm`, `unknown-action`, `action-refused`,
 * `action-failed` and `extension-failed`. Since 0.13.0: `unauthenticated` and
 * `forbidden`. Since 0.14.0: `queue-full`.
 *
 * @since 0.10.0
 */
export type ErrorCode =
  | 'invalid-json'
  | 'invalid-request'
  | 'body-too-large'
  | 'not-found'
  | 'method-not-allowed'
  | 'unauthenticated'
  | 'forbidden'
  | 'forbidden-host'
  | 'forbidden-origin'
  | 'upgrade-required'
  | 'idempotency-mismatch'
  | 'turn-running'
  | 'queue-full'
  | 'models-unavailable'
  | 'warm-unavailable'
  | 'warm-running'
  | 'nothing-to-warm'
  | 'kernel-unavailable'
  | 'draining'
  | 'storage-full'
  | 'store-read-only'
  | 'conversation-damaged'
  | 'internal'
  | 'unknown-frame'
  | 'unknown-surface'
  | 'unknown-action'
  | 'action-refused'
  | 'action-failed'
  | 'extension-failed'
  | 'frame-too-large'
  | 'rate-limited'
  | 'quota-exhausted'
  | 'overloaded'
  | 'provider-unavailable'
  | 'authentication-failed'
  | 'request-rejected'
  | 'context-too-long'
  | 'unknown-model'
  | 'response-truncated'
  | 'response-malformed'
  | 'provider-stalled'
  | 'provider-error'
  | 'interrupted'
  | 'tool-failed';

/**
 * What is true of every error with one code.
 *
 * @since 0.10.0
 */
export interface ErrorDefinition<Code extends ErrorCode = ErrorCode> {
  readonly code: Code;
  /** HTTP status of an answer with this code. Null: it never is an HTTP answer, only a frame or an event. */
  readonly status: number | null;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;
  /** One sentence for whoever meets it. */
  readonly meaning: string;
}
