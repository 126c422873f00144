import type { FailureWords } from './reply.ts';

const ANTHROPIC_TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

const OPENAI_TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'invalid_request_error',
  404: 'invalid_request_error',
  429: 'requests',
};
const OPENAI_CODES: Readonly<Record<number, string>> = {
  401: 'invalid_api_key',
  404: 'model_not_found',
  429: 'rate_limit_exceeded',
};

/** An error as the Messages API writes it. */
export function anthropicError(status: number, words: FailureWords) {
  const type =
    words.type ?? ANTHROPIC_TYPES[status] ?? (status >= 500 ? 'api_error' : 'invalid_request_error');
  return { type: 'error', error: { type, message: words.message ?? `scripted ${status}` } };
}

/** An error as the chat completions API writes it; in-band, its code is the status it stands for. */
export function openaiError(status: number, words: FailureWords, inBand = false) {
  const type =
    words.type ?? OPENAI_TYPES[status] ?? (status >= 500 ? 'server_error' : 'invalid_request_error');
  const code = words.code ?? (inBand ? status : (OPENAI_CODES[status] ?? null));
  return { error: { message: words.message ?? `scripted ${status}`, type, param: null, code } };
}
