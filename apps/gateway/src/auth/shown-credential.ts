import type { IncomingMessage } from 'node:http';

/** Cookie of a signed-in browser. */
export const SESSION_COOKIE = 'dispatch_session';
/** Longer than any token worth reading. */
const SECRET_CAP = 8 * 1024;
const BEARER = /^bearer +([\x21-\x7e]+)$/i;
const SECRET = /^[\w.~+/=-]+$/;
const CLOSE_PATH = /^\/conversations\/[^/?]+\/close(?:\?|$)/;

/** What a request came with, as it stands there; nothing of it has been checked. */
export interface ShownCredential {
  readonly via: 'bearer' | 'cookie' | 'ticket';
  readonly secret: string;
}

/** `upgrade`: a WebSocket is to be opened. */
export type Occasion = 'request' | 'upgrade';

/** Undefined: it shows nothing that could be a credential, or two that differ in whose they are. */
export function shownCredential(incoming: IncomingMessage, occasion: Occasion): ShownCredential | undefined {
  const { authorization, cookie } = incoming.headers;
  // What was sent on purpose stands alone: a cookie must not step in for a bad token.
  if (authorization !== undefined) return readable('bearer', BEARER.exec(authorization)?.[1]);
  const ticket = takesTicket(incoming, occasion) ? ticketOf(incoming.url ?? '') : undefined;
  if (ticket !== undefined) return readable('ticket', ticket);
  return cookie === undefined ? undefined : readable('cookie', sessionCookie(cookie));
}

/** Where a browser can send neither a header nor, across sites, a cookie: a WebSocket, and the beacon that closes a conversation. */
function takesTicket({ method, url }: IncomingMessage, occasion: Occasion): boolean {
  return occasion === 'upgrade' || (method === 'POST' && CLOSE_PATH.test(url ?? ''));
}

function ticketOf(url: string): string | undefined {
  const at = url.indexOf('?');
  const values = at < 0 ? [] : new URLSearchParams(url.slice(at)).getAll('ticket');
  return values.length === 1 ? values[0] : undefined;
}

/** Another site of the same domain can add a cookie of this name, but not take ours away. */
function sessionCookie(header: string): string | undefined {
  const values = header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${SESSION_COOKIE}=`))
    .map((pair) => pair.slice(SESSION_COOKIE.length + 1));
  return values.length === 1 ? values[0] : undefined;
}

function readable(via: ShownCredential['via'], secret: string | undefined): ShownCredential | undefined {
  if (secret === undefined || secret.length > SECRET_CAP || !SECRET.test(secret)) return undefined;
  return { via, secret };
}
