/** What is known about a failure. */
export interface DispatchErrorDetails {
  /** Stable, kebab-case: one of the contract's error codes, or one of the client's own (`CLIENT_ERROR_CODES`). */
  readonly code: string;
  /** A sentence for people; may change freely. */
  readonly message: string;
  /** HTTP status; absent when the failure came by socket or never reached the gateway. */
  readonly status?: number;
  /** The same request may succeed later, unchanged. */
  readonly retryable?: boolean;
  /** Names the request in the server's logs; absent when it never reached the gateway. */
  readonly requestId?: string;
  /** What to do about it; absent when there is nothing better to say than the message. */
  readonly hint?: string;
  /** How long the server asks to wait before another try, in milliseconds; absent when it did not say. */
  readonly retryAfterMs?: number;
  /** What was thrown below, when something was. */
  readonly cause?: unknown;
}

/** Codes of failures that the client finds itself; all others come from the contract's catalogue. */
export const CLIENT_ERROR_CODES = [
  'unreachable',
  'timed-out',
  'unexpected-answer',
  'connection-lost',
  'malformed-answer',
  'aborted',
  'queue-full',
  'already-subscribed',
  'no-web-socket',
  'connection-closed',
] as const;

/** The one error class of the client. Recognise it with {@link isDispatchError}, never by `instanceof`. */
export class DispatchError extends Error {
  override readonly name = 'DispatchError';
  /** Stable, kebab-case. */
  readonly code: string;
  /** HTTP status; undefined when the failure came by socket or never reached the gateway. */
  readonly status: number | undefined;
  /** The same request may succeed later, unchanged. */
  readonly retryable: boolean;
  /** Names the request in the server's logs; undefined when it never reached the gateway. */
  readonly requestId: string | undefined;
  /** What to do about it; undefined when the message says it all. */
  readonly hint: string | undefined;
  /** How long the server asks to wait, in milliseconds; undefined when it did not say. */
  readonly retryAfterMs: number | undefined;

  constructor(details: DispatchErrorDetails) {
    super(details.message, 'cause' in details ? { cause: details.cause } : undefined);
    this.code = details.code;
    this.status = details.status;
    this.retryable = details.retryable ?? false;
    this.requestId = details.requestId;
    this.hint = details.hint;
    this.retryAfterMs = details.retryAfterMs;
  }
}

/** By name, so that an error of another copy of this package counts too. */
export function isDispatchError(value: unknown): value is DispatchError {
  return value instanceof Error && value.name === 'DispatchError' && 'code' in value && 'retryable' in value;
}

interface ErrorFields {
  readonly code?: string;
  readonly hint?: string;
  readonly retryable?: boolean;
  readonly requestId?: string;
  readonly retryAfterMs?: number;
}

function known(
  { code, hint, retryable, requestId, retryAfterMs }: ErrorFields,
  fallbackCode: string,
): DispatchErrorDetails {
  return {
    code: code ?? fallbackCode,
    message: '',
    ...(hint === undefined ? {} : { hint }),
    ...(retryable === undefined ? {} : { retryable }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

/** What a refusing frame says. Older gateways send its message only. */
export function errorOfFrame(frame: ErrorFields & { readonly message: string }): DispatchError {
  return new DispatchError({ ...known(frame, 'unexpected-answer'), message: frame.message });
}

/** What a refusing HTTP answer says; `body` is whatever text came, from the gateway or a proxy before it. */
export function errorOfAnswer(status: number, body: string, retryAfter: string | null): DispatchError {
  const seconds = Number(retryAfter ?? Number.NaN);
  const more = { status, ...(Number.isFinite(seconds) ? { retryAfterMs: seconds * 1_000 } : {}) };
  const fields = errorFields(body);
  if (fields) {
    return new DispatchError({ ...known(fields, 'unexpected-answer'), ...more, message: fields.error });
  }
  return new DispatchError({
    code: 'unexpected-answer',
    message: `The server answered with status ${status} and no explanation.`,
    retryable: status === 502 || status === 503 || status === 504,
    ...more,
  });
}

function errorFields(body: string): (ErrorFields & { readonly error: string }) | undefined {
  try {
    const value: unknown = JSON.parse(body);
    const isError =
      typeof value === 'object' && value !== null && 'error' in value && typeof value.error === 'string';
    return isError ? (value as ErrorFields & { readonly error: string }) : undefined;
  } catch {
    return undefined;
  }
}
