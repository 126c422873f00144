import type { ErrorCode } from './error-codes.ts';

/** Body of every HTTP answer with a 4xx or 5xx status. Before 0.10.0 it had `error` only. */
export interface ErrorResponse {
  /** One sentence for people. */
  readonly error: string;
  /**
   * For programs.
   *
   * @since 0.10.0
   */
  readonly code: ErrorCode;
  /**
   * What to do about it. Absent when `error` says it all.
   *
   * @since 0.10.0
   */
  readonly hint?: string;
  /**
   * Whether the same request may succeed later.
   *
   * @since 0.10.0
   */
  readonly retryable: boolean;
  /**
   * Milliseconds until it may succeed. Absent: unknown.
   *
   * @since 0.13.0
   */
  readonly retryAfterMs?: number;
  /**
   * Names the request in the operator's log. Minted by the backend.
   *
   * @since 0.10.0
   */
  readonly requestId: string;
}
