import {
  APICallError,
  EmptyResponseBodyError,
  InvalidResponseDataError,
  JSONParseError,
  TypeValidationError,
} from '@ai-sdk/provider';
import type { ProviderFailure, ProviderFailureCode } from '../model-provider.ts';
import { connectionFailure } from './connection-failure.ts';
import { type FailureDetails, failureCode } from './failure-code.ts';
import { plainMessage } from './plain-message.ts';
import { malformed, ProviderError, truncated } from './provider-error.ts';
import { retryAfterMs } from './retry-after.ts';

/** What we say ourselves. Where the provider's own words help, they follow; a refused key is never quoted. */
const LEADS: Readonly<Record<ProviderFailureCode, { lead: string; quote: boolean; retryable: boolean }>> = {
  'rate-limited': { lead: 'The model provider limits the rate of requests', quote: true, retryable: true },
  'quota-exhausted': { lead: 'The budget at the model provider is spent', quote: true, retryable: false },
  overloaded: { lead: 'The model provider is overloaded', quote: false, retryable: true },
  'provider-unavailable': { lead: 'The model provider has a problem', quote: true, retryable: true },
  'authentication-failed': {
    lead: 'The model provider does not accept the key of this credential',
    quote: false,
    retryable: false,
  },
  'request-rejected': { lead: 'The model provider rejected the request', quote: true, retryable: false },
  'context-too-long': {
    lead: 'The conversation is too long for this model',
    quote: true,
    retryable: false,
  },
  'unknown-model': { lead: 'The model provider does not know this model', quote: true, retryable: false },
  'response-truncated': { lead: 'The answer of the model broke off', quote: false, retryable: true },
  'response-malformed': { lead: "The model's answer cannot be read", quote: false, retryable: true },
  'provider-stalled': { lead: 'The model provider stopped sending', quote: false, retryable: true },
  'provider-error': { lead: 'The model provider failed', quote: true, retryable: false },
};

/**
 * Puts a failure of a model into the kernel's words: a {@link ProviderError}, an exception of the AI SDK, an `error` object
 * that came in-band after a 200, or a failure of the connection. Knows the words of the Anthropic and the OpenAI format.
 * `now` is the wall clock in epoch milliseconds, used only for a `Retry-After` date without a `Date` beside it.
 */
export function classifyFailure(error: unknown, now: number): ProviderFailure {
  if (error instanceof ProviderError) return error.failure;
  if (APICallError.isInstance(error)) return ofCall(error, now);
  if (TypeValidationError.isInstance(error)) {
    const named = typeof error.value === 'object' && error.value !== null && 'error' in error.value;
    const details = named ? detailsOf(error.value) : undefined;
    return details === undefined ? malformed('an event has an unknown shape').failure : ofDetails(details);
  }
  if (JSONParseError.isInstance(error)) return malformed('an event is no JSON').failure;
  if (EmptyResponseBodyError.isInstance(error)) return truncated().failure;
  if (InvalidResponseDataError.isInstance(error)) {
    const unfinished = /without a finish reason/.test(error.message);
    return (unfinished ? truncated() : malformed('its events contradict each other')).failure;
  }
  const broken = connectionFailure(error);
  if (broken !== undefined) return broken;
  if (error instanceof Error) {
    if (error.name === 'TimeoutError') return ofDetails({}, 'provider-stalled');
    return ofDetails({}, 'provider-error');
  }
  return ofDetails(detailsOf({ error }) ?? {});
}

function ofCall(error: APICallError, now: number): ProviderFailure {
  const body = detailsOf(parsed(error.responseBody));
  const { statusCode } = error;
  const succeeded = statusCode !== undefined && statusCode < 300;
  if (statusCode === undefined || (succeeded && body === undefined)) {
    const broken = connectionFailure(error);
    if (broken !== undefined) return succeeded ? truncated().failure : broken;
    return ofDetails({}, succeeded ? 'response-malformed' : 'provider-unavailable');
  }
  const unreadable = /"name":"AI_(?:JSONParse|TypeValidation)Error"/.test(error.responseBody ?? '');
  if (unreadable) return malformed('its first event is no JSON of the expected shape').failure;
  if (statusCode >= 300 && statusCode < 400) {
    return ofDetails({ message: 'it answers with a redirect; check the base URL' }, 'request-rejected');
  }
  const retry = retryAfterMs(error.responseHeaders, now);
  const status = body?.status ?? (succeeded ? 500 : statusCode);
  const details = { ...body, status, waits: retry !== undefined };
  return { ...ofDetails(details), ...(retry === undefined ? {} : { retryAfterMs: retry }) };
}

function ofDetails(details: FailureDetails, code = failureCode(details)): ProviderFailure {
  const { lead, quote, retryable } = LEADS[code];
  return { code, message: plainMessage(lead, quote ? details.message : ''), retryable };
}

/** Finds `{ error: { type, code, message } }`, `{ error: 'text' }` and the bare object. Undefined: nothing of the kind. */
function detailsOf(value: unknown): FailureDetails | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const inner = 'error' in value && value.error !== null ? value.error : value;
  if (typeof inner === 'string') return { message: inner };
  if (typeof inner !== 'object' || inner === null) return undefined;
  const { type, code, status, message } = inner as Readonly<Record<string, unknown>>;
  if (typeof message !== 'string' && typeof type !== 'string') return undefined;
  const number = [code, status].find((n) => typeof n === 'number' && n >= 400 && n < 600);
  return {
    ...(typeof number === 'number' ? { status: number } : {}),
    ...(typeof type === 'string' ? { type } : {}),
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof message === 'string' ? { message } : {}),
  };
}

function parsed(text: string | undefined): unknown {
  if (text === undefined || text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
