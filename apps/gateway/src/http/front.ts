import type { IncomingMessage, ServerResponse } from 'node:http';
import { networkAddress } from '@dispatch/link';
import type { ErrorCode } from '@dispatch/transport-contract';
import type { Ids } from '../ids.ts';
import type { RateLimit } from '../limits/rate-limit.ts';
import { type Refusal, refuse } from '../refusal.ts';
import { type AccessRules, checkAccess } from './access.ts';
import { REQUEST_ID_HEADER, refusedCode, SECURITY_HEADERS, sendRefusal } from './answer.ts';
import { BODY_TOO_LARGE, isAnnouncedTooLarge } from './body.ts';
import type { ClientAddress } from './client-address.ts';
import { answerPreflight, corsHeaders } from './cors.ts';

export type RequestListener = (incoming: IncomingMessage, outgoing: ServerResponse) => void;

export interface FrontOptions {
  readonly rules: AccessRules;
  readonly ids: Ids;
  readonly addressOf: ClientAddress;
  /** Requests, by network address. */
  readonly requests: RateLimit;
  /** True once the gateway takes no new work. */
  readonly isDraining: () => boolean;
  /** Told, when its answer is over, of each request that was refused. */
  readonly onRefused: (code: ErrorCode) => void;
  /** What answers requests that may pass. */
  readonly next: RequestListener;
}

/** Every request comes through here first: it gets its id, the headers of every answer, and is turned away if it must be. */
export function createFront(options: FrontOptions): RequestListener {
  const { rules, ids, isDraining, onRefused, next } = options;
  return (incoming, outgoing) => {
    outgoing.once('close', () => {
      const code = refusedCode(outgoing);
      if (code !== undefined) onRefused(code);
    });
    outgoing.setHeader(REQUEST_ID_HEADER, ids.mint('req'));
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) outgoing.setHeader(name, value);
    // Before anything refuses: a page may read why, and caches must not mix up origins.
    for (const [name, value] of Object.entries(corsHeaders(incoming, rules))) outgoing.setHeader(name, value);
    const refusal = checkAccess(incoming, rules);
    if (refusal) return sendRefusal(outgoing, refusal);
    if (incoming.method === 'OPTIONS') return answerPreflight(outgoing);
    if (isDraining()) {
      outgoing.setHeader('Connection', 'close');
      return sendRefusal(outgoing, refuse('draining', 'The gateway is shutting down.'));
    }
    const over = isProbe(incoming) ? undefined : takeOf(options, incoming, outgoing);
    if (over) return sendRefusal(outgoing, over);
    if (isAnnouncedTooLarge(incoming)) return sendRefusal(outgoing, BODY_TOO_LARGE);
    next(incoming, outgoing);
  };
}

/** Whether we live is asked by who starts us again when we do not answer. */
function isProbe({ url }: IncomingMessage): boolean {
  return url === '/health' || url === '/readyz';
}

function takeOf(
  { requests, addressOf }: FrontOptions,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Refusal | undefined {
  const { headers, refusal } = requests.take(networkAddress(addressOf(incoming)));
  for (const [name, value] of Object.entries(headers)) outgoing.setHeader(name, value);
  return refusal;
}
