import type { ErrorCode, ErrorDefinition } from './error-codes.ts';

const define = <Code extends ErrorCode>(
  code: Code,
  status: number | null,
  retryable: boolean,
  meaning: string,
): ErrorDefinition<Code> => ({ code, status, retryable, meaning });

/**
 * The catalogue of errors, by code: of HTTP answers and refused frames first, then of failed turns (`code` of an `error` event).
 * Turns also fail with `storage-full`, `store-read-only`, `internal` and `conversation-damaged`. Where a request asks a model outside a turn, as `POST /chat/warm`
 * does, the codes of failed turns are its answer.
 *
 * @since 0.10.0
 */
export const ERRORS: { readonly [Code in ErrorCode]: ErrorDefinition<Code> } = {
  'invalid-json': define('invalid-json', 400, false, 'The body or frame is not JSON.'),
  'invalid-request': define('invalid-request', 400, false, 'A field is missing or not what it must be.'),
  'body-too-large': define('body-too-large', 413, false, 'The body is over the limit told in `hello`.'),
  'not-found': define('not-found', 404, false, 'There is no such route, or nothing here that is yours.'),
  'method-not-allowed': define('method-not-allowed', 405, false, 'The path exists, this method does not.'),
  /** @since 0.13.0 */
  unauthenticated: define(
    'unauthenticated',
    401,
    false,
    'Nothing here says who you are; sign in, or send a token.',
  ),
  /** @since 0.13.0 */
  forbidden: define('forbidden', 403, false, 'You are known, but your token lacks the scope this needs.'),
  'forbidden-host': define('forbidden-host', 403, false, 'The `Host` header names a host this is not.'),
  'forbidden-origin': define(
    'forbidden-origin',
    403,
    false,
    'Pages of this origin may not use this backend.',
  ),
  'upgrade-required': define('upgrade-required', 426, false, 'This port speaks WebSocket only.'),
  'idempotency-mismatch': define(
    'idempotency-mismatch',
    422,
    false,
    'The idempotency key was used for another request.',
  ),
  'turn-running': define('turn-running', 409, true, 'A turn of this conversation is running.'),
  /** @since 0.14.0 */
  'queue-full': define('queue-full', 409, true, 'Too many messages wait in this conversation, or too much.'),
  'models-unavailable': define('models-unavailable', 502, true, 'No model provider could be asked.'),
  'warm-unavailable': define('warm-unavailable', 503, false, 'Nothing here can warm a cache.'),
  /** @since 0.12.0 */
  'warm-running': define('warm-running', 409, true, 'A warm of this conversation is running.'),
  /** @since 0.12.0 */
  'nothing-to-warm': define('nothing-to-warm', 409, false, 'The conversation has no prompt to warm yet.'),
  'kernel-unavailable': define('kernel-unavailable', 503, true, 'The kernel is restarting or unreachable.'),
  draining: define('draining', 503, true, 'The backend is shutting down and starts nothing new.'),
  'storage-full': define('storage-full', 507, true, 'The disk is full; nothing was stored.'),
  'store-read-only': define(
    'store-read-only',
    503,
    false,
    'The database is damaged; what is left can be read, and nothing is stored until an operator restored it.',
  ),
  'conversation-damaged': define(
    'conversation-damaged',
    409,
    false,
    'Stored parts of the conversation are damaged; what is left can be read.',
  ),
  internal: define('internal', 500, false, 'Something went wrong here; the log has it under the request id.'),
  'unknown-frame': define('unknown-frame', null, false, 'No frame has this `type`.'),
  'unknown-surface': define('unknown-surface', null, false, 'There is no surface with this id.'),
  /** @since 0.12.0 */
  'unknown-action': define('unknown-action', 404, false, 'The surface has no action with this id.'),
  /** @since 0.12.0 */
  'action-refused': define(
    'action-refused',
    409,
    false,
    'The action cannot be carried out; nothing changed.',
  ),
  /** @since 0.12.0 */
  'action-failed': define('action-failed', 502, false, 'The extension behind the surface failed.'),
  /** @since 0.12.0 */
  'extension-failed': define(
    'extension-failed',
    502,
    false,
    'The extension behind this route failed or was too slow.',
  ),
  'frame-too-large': define('frame-too-large', null, false, 'The frame is over the limit told in `hello`.'),

  'rate-limited': define(
    'rate-limited',
    429,
    true,
    'Too much at once: a model provider, or this backend, asks to slow down.',
  ),
  'quota-exhausted': define('quota-exhausted', 502, false, 'The budget at the model provider is spent.'),
  overloaded: define('overloaded', 503, true, 'The model provider, or this backend, is overloaded.'),
  'provider-unavailable': define('provider-unavailable', 502, true, 'The provider cannot be reached.'),
  'authentication-failed': define('authentication-failed', 502, false, 'The provider refused the key.'),
  'request-rejected': define('request-rejected', 502, false, 'The model provider refused the request.'),
  'context-too-long': define('context-too-long', 502, false, "The prompt exceeds the model's window."),
  'unknown-model': define('unknown-model', 502, false, 'No provider has a model of this name.'),
  'response-truncated': define('response-truncated', 502, true, 'The stream ended before its end.'),
  'response-malformed': define('response-malformed', 502, true, 'The stream cannot be read.'),
  'provider-stalled': define('provider-stalled', 504, true, 'The provider went silent for too long.'),
  'provider-error': define('provider-error', 502, false, 'The model provider failed in some other way.'),
  interrupted: define(
    'interrupted',
    null,
    true,
    'The backend stopped while the turn ran; what came is kept.',
  ),
  'tool-failed': define('tool-failed', null, false, 'A tool broke in a way no model can answer to.'),
};
