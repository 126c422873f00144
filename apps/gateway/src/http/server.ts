import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Ids } from '../ids.ts';
import { refuse } from '../refusal.ts';
import { refuseSocket } from './answer.ts';
import { isAnnouncedTooLarge } from './body.ts';
import type { RequestListener } from './front.ts';

/** Time a client has to send its headers, and all of its request. Neither cuts an answer that streams. */
const HEADERS_MS = 10_000;
const REQUEST_MS = 60_000;
const CHECK_EVERY_MS = 5_000;
const HEADER_CAP_BYTES = 16 * 1024;

/** Status for what Node's parser refuses; 400 for everything else it cannot read. */
const PARSER_STATUS: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** A server of ours that answers everything it is sent in one shape, bytes that are not HTTP included. */
export function createHttpServer(ids: Ids, listener: RequestListener): Server {
  const server = createServer(
    {
      maxHeaderSize: HEADER_CAP_BYTES,
      headersTimeout: HEADERS_MS,
      requestTimeout: REQUEST_MS,
      connectionsCheckingInterval: CHECK_EVERY_MS,
      // Its own refusal would be an answer in another shape; the access check does it.
      requireHostHeader: false,
    },
    listener,
  );
  // Their bytes are bounded. Node's own bound on their number drops what is above it, an origin or a proxy's mark included.
  server.maxHeadersCount = 0;
  server.on('checkContinue', (incoming, outgoing) => {
    // A client that asks first is told before it sends.
    if (!isAnnouncedTooLarge(incoming)) outgoing.writeContinue();
    listener(incoming, outgoing);
  });
  server.on('checkExpectation', listener);
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (error.code === 'ECONNRESET' || hasAnswerUnderWay(socket)) {
      socket.destroy();
      return;
    }
    refuseSocket(socket, refuse('invalid-request', 'This is not a readable HTTP request.'), {
      requestId: ids.mint('req'),
      status: PARSER_STATUS[error.code ?? ''] ?? 400,
    });
  });
  server.on('connect', (_incoming, socket: Duplex) => {
    socket.on('error', () => socket.destroy());
    refuseSocket(socket, refuse('method-not-allowed', 'This is not a proxy.'), {
      requestId: ids.mint('req'),
    });
  });
  return server;
}

/** Bytes of a second answer inside a first would be read as its body. */
function hasAnswerUnderWay(socket: Duplex): boolean {
  const message = (socket as Socket & { _httpMessage?: { headersSent: boolean } | null })._httpMessage;
  return message?.headersSent ?? false;
}
