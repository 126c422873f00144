import { type DispatchError, isDispatchError } from '@dispatch/client';
import { SettingsError } from '@dispatch/link';
import { EXIT } from './exit-codes.ts';

/** A failure that the person at the terminal can act on. */
export class CliError extends Error {
  override readonly name = 'CliError';
  /** Stable, kebab-case. */
  readonly code: string;
  readonly exitCode: number;
  /** What to do about it; undefined when the message says it all. */
  readonly hint: string | undefined;
  /** Names what was refused in the server's logs; undefined when it was found here. */
  readonly requestId: string | undefined;

  constructor(code: string, exitCode: number, message: string, hint?: string, requestId?: string) {
    super(message);
    this.code = code;
    this.exitCode = exitCode;
    this.hint = hint;
    this.requestId = requestId;
  }
}

/** An error as `--json` prints it. */
export interface ErrorRecord {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  /** Names the request in the server's logs; absent when none was answered. */
  readonly requestId?: string;
  /** The same command may succeed later, unchanged. */
  readonly retryable: boolean;
}

export function errorRecord(error: unknown): ErrorRecord {
  if (isDispatchError(error)) {
    const { code, message, hint, requestId, retryable } = error;
    return {
      code,
      message,
      ...(hint === undefined ? {} : { hint }),
      ...(requestId === undefined ? {} : { requestId }),
      retryable,
    };
  }
  if (error instanceof CliError) {
    const { code, message, hint, requestId } = error;
    return {
      code,
      message,
      ...(hint === undefined ? {} : { hint }),
      ...(requestId === undefined ? {} : { requestId }),
      retryable: false,
    };
  }
  return {
    code: 'failed',
    message: error instanceof Error ? error.message : String(error),
    retryable: false,
  };
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof CliError) return error.exitCode;
  if (error instanceof SettingsError) return EXIT.configuration;
  return isDispatchError(error) ? exitCodeOfAnswer(error) : EXIT.failed;
}

function exitCodeOfAnswer({ code, status }: DispatchError): number {
  if (['unreachable', 'timed-out', 'connection-lost', 'kernel-unavailable'].includes(code)) {
    return EXIT.unreachable;
  }
  if (status === 400 || code === 'invalid-request') return EXIT.usage;
  if (status === 401 || status === 403) return EXIT.authentication;
  if (status === 404 || code === 'not-found') return EXIT.notFound;
  if (status === 409 || status === 422 || ['turn-running', 'idempotency-mismatch'].includes(code)) {
    return EXIT.conflict;
  }
  return EXIT.failed;
}
