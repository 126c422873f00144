import { ERRORS, type ErrorCode, type ErrorResponse } from '@dispatch/transport-contract';

/** A refusal that the caller gets to read. Everything else that is thrown becomes `internal`, without its message. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  /** Milliseconds after which it may be tried again. Undefined: it is not known. */
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, hint?: string, retryAfterMs?: number) {
    super(message);
    this.code = code;
    this.hint = hint;
    this.retryAfterMs = retryAfterMs;
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
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
    requestId,
  };
}

export function conversationDamaged(): ApiError {
  return new ApiError(
    'conversation-damaged',
    'stored parts of this conversation are damaged; what is left can be read, but it cannot be continued',
    'start a new conversation',
  );
}

export function storeReadOnly(): ApiError {
  return new ApiError(
    'store-read-only',
    'the database is damaged; what is left can be read, but nothing is stored',
    'the operator finds what to do in the log of the kernel',
  );
}
