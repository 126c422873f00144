import { ERRORS, type ErrorCode, type ErrorResponse } from '@dispatch/transport-contract';

/** A refusal that the caller gets to read. Everything else that is thrown becomes `internal`, without its message. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, hint?: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

/** HTTP status of a code; codes that belong to frames alone do not occur here. */
export function statusOf(code: ErrorCode): number {
  return ERRORS[code].status ?? 500;
}

/** The one shape of every error body. */
export function errorBody(error: ApiError, requestId: string): ErrorResponse {
  return {
    error: error.message,
    code: error.code,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    retryable: ERRORS[error.code].retryable,
    requestId,
  };
}
