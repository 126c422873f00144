import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

/** What `ws` 8 keeps of its way out, as far as we look. */
interface Inside {
  readonly _sender?: { readonly _socket?: unknown; readonly _state?: unknown };
}

/** The state of a sender that has nothing of its own waiting, so that what is sent goes to the stream in the same step. */
const IDLE = 0;

/** True: bytes written to the stream now come behind everything the socket was given. False also when the library is not as we know it. */
export function writesPlainly(socket: WebSocket, stream: Duplex): boolean {
  const sender = (socket as unknown as Inside)._sender;
  return sender !== undefined && sender._state === IDLE && sender._socket === stream;
}
