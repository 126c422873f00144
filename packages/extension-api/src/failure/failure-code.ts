import type { ProviderFailureCode } from '../model-provider.ts';

/** What a provider says about a failure in its body or in an in-band `error` event. Every field may be absent. */
export interface FailureDetails {
  /** HTTP status, or what stands for one. */
  readonly status?: number;
  /** The format's own name, Anthropic's `error.type`. */
  readonly type?: string;
  /** OpenAI's `error.code`. */
  readonly code?: string;
  readonly message?: string;
  /** Whether it said when to come back. A budget that is spent does not. */
  readonly waits?: boolean;
}

/** Names both formats use, and the classes they stand for. Names outrank the status: proxies flatten statuses. */
const NAMED: Readonly<Record<string, ProviderFailureCode>> = {
  authentication_error: 'authentication-failed',
  permission_error: 'authentication-failed',
  invalid_api_key: 'authentication-failed',
  invalid_authentication: 'authentication-failed',
  billing_error: 'quota-exhausted',
  insufficient_quota: 'quota-exhausted',
  billing_hard_limit_reached: 'quota-exhausted',
  billing_not_active: 'quota-exhausted',
  access_terminated: 'quota-exhausted',
  insufficient_balance: 'quota-exhausted',
  not_found_error: 'unknown-model',
  model_not_found: 'unknown-model',
  request_too_large: 'context-too-long',
  context_length_exceeded: 'context-too-long',
  exceed_context_size_error: 'context-too-long',
  string_above_max_length: 'context-too-long',
  rate_limit_error: 'rate-limited',
  rate_limit_exceeded: 'rate-limited',
  tokens_per_minute_exceeded: 'rate-limited',
  overloaded_error: 'overloaded',
  engine_overloaded: 'overloaded',
  api_error: 'provider-unavailable',
  server_error: 'provider-unavailable',
  internal_server_error: 'provider-unavailable',
  service_unavailable: 'provider-unavailable',
  timeout_error: 'provider-unavailable',
};

/** Spent budgets come as 400, 402 or 429 with a general name; only the words tell. */
const SPENT =
  /credit balance is too low|exceeded your current quota|insufficient (?:quota|balance|credits|funds)|reached your (?:specified )?(?:api )?usage limits?|(?:billing|spend(?:ing)?)(?: hard)? limit|payment required|requires? more credits/i;
const TOO_LONG =
  /prompt is too long|maximum context length|context (?:length|limit|window|size)\b[^.]*exceed|exceed[^.]*context (?:length|limit|window|size)|input (?:is )?too long|too many (?:input )?tokens|request_too_large/i;

/** The class of a failure: by the words that only mean one thing, then by its name, then by its status. */
export function failureCode(details: FailureDetails): ProviderFailureCode {
  const { status, type, code, message = '' } = details;
  const name = named(code, type);
  const refused = status === undefined || (status >= 400 && status < 500);
  if (refused && details.waits !== true && SPENT.test(message)) return 'quota-exhausted';
  if (status !== 429 && name !== 'rate-limited' && TOO_LONG.test(message)) return 'context-too-long';
  // A name that says no more than "something broke" leaves the finer word to the status and to the sentence.
  if (name !== undefined && name !== 'provider-unavailable') return name;
  const standing = status === undefined ? (name ?? inBand(type)) : byStatus(status);
  const vague = standing === 'provider-unavailable' || standing === 'provider-error';
  return vague && /\boverloaded\b/i.test(message) ? 'overloaded' : standing;
}

function named(...names: readonly (string | undefined)[]): ProviderFailureCode | undefined {
  for (const name of names) {
    if (name !== undefined && Object.hasOwn(NAMED, name)) return NAMED[name];
  }
  return undefined;
}

/** Both formats give this name to rejections of every kind and leave the kind to the status. In-band there is none. */
function inBand(type: string | undefined): ProviderFailureCode {
  return type === 'invalid_request_error' ? 'request-rejected' : 'provider-error';
}

function byStatus(status: number): ProviderFailureCode {
  if (status === 401 || status === 403) return 'authentication-failed';
  if (status === 402) return 'quota-exhausted';
  if (status === 404) return 'unknown-model';
  if (status === 408) return 'provider-unavailable';
  if (status === 413) return 'context-too-long';
  if (status === 429) return 'rate-limited';
  if (status === 529) return 'overloaded';
  if (status >= 500) return 'provider-unavailable';
  return status >= 300 ? 'request-rejected' : 'response-malformed';
}
