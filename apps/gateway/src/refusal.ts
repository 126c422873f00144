import { ERRORS, type ErrorCode, type ErrorResponse } from '@dispatch/transport-contract';
import type { z } from 'zod';
import { KernelUnavailable, type RpcAnswer } from './link/kernel-rpc.ts';

/** Why something asked for was not done, in words for the person who asked. Shows nothing internal. */
export interface Refusal {
  readonly code: ErrorCode;
  /** One sentence. */
  readonly message: string;
  /** What to do about it; absent when the message says it all. */
  readonly hint?: string;
  /** Set when the refusal was made elsewhere under an id of its own. */
  readonly requestId?: string;
  /** Milliseconds after which it may succeed. Absent: unknown. */
  readonly retryAfterMs?: number;
}

export function refuse(code: ErrorCode, message: string, hint?: string): Refusal {
  return hint === undefined ? { code, message } : { code, message, hint };
}

/** The same request may succeed later. */
export function isRetryable(refusal: Refusal): boolean {
  return ERRORS[refusal.code].retryable;
}

/** What a validator found: the first fault, with its place. */
export function invalidRequest(error: z.ZodError): Refusal {
  const issue = error.issues[0];
  const place = (issue?.path ?? []).map(plainName).join('.');
  const fault = issue?.message ?? 'not what was expected';
  return refuse('invalid-request', place === '' ? fault : `${place}: ${fault}`);
}

/** A name that a client made up may be of any length and hold anything; only what looks like a field is repeated. */
function plainName(part: PropertyKey): string {
  const name = String(part);
  return /^[\w.-]{1,64}$/.test(name) ? name : '…';
}

/** What a failure nobody foresaw looks like from outside. */
export const INTERNAL: Refusal = refuse(
  'internal',
  'Something went wrong; the operator finds it in the log by the request id.',
);

/** What a client is told of an exception. The caller logs those that are {@link INTERNAL}. */
export function refusalOfError(error: unknown): Refusal {
  if (!(error instanceof KernelUnavailable)) return INTERNAL;
  return refuse('kernel-unavailable', 'The kernel is not reachable; try again in a moment.');
}

/** The kernel's refusal; one that is not in the contract's shape is a failure whose text stays inside. */
export function refusalOfAnswer(answer: RpcAnswer): Refusal {
  let body: Partial<ErrorResponse> | undefined;
  try {
    body = JSON.parse(answer.body.toString('utf8'));
  } catch {
    body = undefined;
  }
  if (typeof body?.error !== 'string' || typeof body.code !== 'string' || !Object.hasOwn(ERRORS, body.code)) {
    return INTERNAL;
  }
  return {
    code: body.code,
    message: body.error,
    ...(typeof body.hint === 'string' && { hint: body.hint }),
    ...(typeof body.requestId === 'string' && { requestId: body.requestId }),
    ...(typeof body.retryAfterMs === 'number' && { retryAfterMs: body.retryAfterMs }),
  };
}
