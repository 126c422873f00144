import type { IncomingMessage, ServerResponse } from 'node:http';
import { type AccessRules, isAllowedOrigin } from './access.ts';

const METHODS = 'GET, POST, PUT, PATCH, DELETE';
const REQUEST_HEADERS = 'Content-Type, Authorization, Idempotency-Key';
const EXPOSED_HEADERS = 'X-Conversation-Id, Retry-After, RateLimit, RateLimit-Policy, WWW-Authenticate';
/** Seconds a browser may remember a preflight. */
const PREFLIGHT_SECONDS = '600';

/**
 * Headers that let an allowed origin read the answer, refusals included. Credentials are allowed because `sendBeacon`
 * always sends them, and a browser then asks for this; the origin is named exactly, never `*`.
 */
export function corsHeaders(incoming: IncomingMessage, rules: AccessRules): Record<string, string> {
  const { origin } = incoming.headers;
  if (origin === undefined || !isAllowedOrigin(origin, rules)) return { Vary: 'Origin' };
  return {
    Vary: 'Origin',
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Allow-Credentials': 'true',
    'Access-Control-Expose-Headers': EXPOSED_HEADERS,
  };
}

/** Answers any OPTIONS; what a path really takes is said by 405. */
export function answerPreflight(outgoing: ServerResponse): void {
  outgoing.writeHead(204, {
    Allow: `${METHODS}, OPTIONS`,
    'Access-Control-Allow-Methods': METHODS,
    'Access-Control-Allow-Headers': REQUEST_HEADERS,
    'Access-Control-Max-Age': PREFLIGHT_SECONDS,
  });
  outgoing.end();
}
