import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { ERRORS, type ErrorCode, type ErrorResponse } from '@dispatch/transport-contract';
import { isRetryable, type Refusal } from '../refusal.ts';

/** How long a client may neither take the answer nor go on sending a request that is already answered. */
export const STALL_MS = 30_000;
/** Seconds a client is told to wait before it tries a retryable request again. */
const RETRY_AFTER_SECONDS = 1;

/** Sent with every answer, whatever it is. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
};

export const REQUEST_ID_HEADER = 'X-Request-Id';

/** Why each answer that is a refusal is one. */
const refusedWith = new WeakMap<ServerResponse, ErrorCode>();

/** The code an answer refused with. Undefined: it did not refuse. */
export function refusedCode(outgoing: ServerResponse): ErrorCode | undefined {
  return refusedWith.get(outgoing);
}

/** The id the front gave this request. */
export function requestIdOf(outgoing: ServerResponse): string {
  return String(outgoing.getHeader(REQUEST_ID_HEADER) ?? '');
}

export function sendJson(outgoing: ServerResponse, status: number, value: unknown): void {
  sendBody(outgoing, status, 'application/json', Buffer.from(JSON.stringify(value), 'utf8'));
}

/** The status is the catalogue's unless the protocol has a closer one. */
export function sendRefusal(outgoing: ServerResponse, refusal: Refusal, status?: number): void {
  if (outgoing.headersSent) {
    outgoing.destroy();
    return;
  }
  refusedWith.set(outgoing, refusal.code);
  if (refusal.requestId !== undefined) outgoing.setHeader(REQUEST_ID_HEADER, refusal.requestId);
  for (const [name, value] of Object.entries(adviceOf(refusal))) outgoing.setHeader(name, value);
  const body = errorResponse(refusal, requestIdOf(outgoing));
  sendJson(outgoing, status ?? ERRORS[refusal.code].status ?? 500, body);
}

/**
 * Ends the answer only when the request has been read to its end: closing earlier makes the client's system drop what
 * it has not read yet, and the answer with it.
 */
export function sendBody(outgoing: ServerResponse, status: number, contentType: string, body: Buffer): void {
  const { req: incoming } = outgoing;
  outgoing.writeHead(status, { 'Content-Type': contentType, 'Content-Length': body.length });
  // The server destroys it then; a finished answer sets the time for the next request again.
  incoming.socket.setTimeout(STALL_MS);
  if (incoming.complete || !announcesBody(incoming)) {
    outgoing.end(body);
    return;
  }
  outgoing.write(body);
  incoming.once('end', () => outgoing.end());
  incoming.once('close', () => outgoing.end());
  incoming.resume();
}

function announcesBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** An answer where no `ServerResponse` exists: bytes that are not HTTP, and upgrades. Ends the socket. */
export function refuseSocket(
  socket: Duplex,
  refusal: Refusal,
  answer: { readonly requestId: string; readonly status?: number; readonly headers?: Record<string, string> },
): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const status = answer.status ?? ERRORS[refusal.code].status ?? 500;
  const body = JSON.stringify(errorResponse(refusal, answer.requestId));
  const headers = {
    ...SECURITY_HEADERS,
    ...answer.headers,
    ...adviceOf(refusal),
    [REQUEST_ID_HEADER]: answer.requestId,
    'Content-Type': 'application/json',
    'Content-Length': String(Buffer.byteLength(body)),
    Connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Error'}\r\n${lines.join('')}\r\n${body}`);
}

/** What to do about a refusal, as headers say it. */
function adviceOf(refusal: Refusal): Record<string, string> {
  if (refusal.code === 'unauthenticated') return { 'WWW-Authenticate': 'Bearer' };
  if (!isRetryable(refusal)) return {};
  const seconds = refusal.retryAfterMs === undefined ? RETRY_AFTER_SECONDS : refusal.retryAfterMs / 1000;
  return { 'Retry-After': String(Math.max(1, Math.ceil(seconds))) };
}

/** The one shape of every HTTP error. */
export function errorResponse(refusal: Refusal, requestId: string): ErrorResponse {
  return {
    error: refusal.message,
    code: refusal.code,
    ...(refusal.hint !== undefined && { hint: refusal.hint }),
    ...(refusal.retryAfterMs !== undefined && { retryAfterMs: refusal.retryAfterMs }),
    retryable: isRetryable(refusal),
    requestId,
    ...(refusal.retryAfterMs !== undefined && { retryAfterMs: refusal.retryAfterMs }),
  };
}
