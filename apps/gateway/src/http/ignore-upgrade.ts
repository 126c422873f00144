import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** As Node hands it over: its HTTP layer keeps the answer that is written to a socket in this field. */
type HttpSocket = Socket & { readonly _httpMessage?: ServerResponse | null };

/**
 * Serves a request as if it had not offered to upgrade, which is what a server does with protocols it does not speak.
 * Node 20 stops reading HTTP at any offer, body included. So the request goes back in front of what its client sends
 * next, without the offer, and the connection begins again; all that a request goes through stays the same.
 */
export function ignoreUpgrade(server: Server, incoming: IncomingMessage, socket: Socket, head: Buffer): void {
  const onError = (): void => void socket.destroy();
  const serve = (): void => {
    if (!socket.writable) return void socket.destroy();
    const underWay = (socket as HttpSocket)._httpMessage;
    // Requests that came before it are answered before it.
    if (underWay) return void underWay.once('close', serve);
    socket.off('error', onError);
    // Set for the pause between two requests, and only the connection as it was would take it back.
    socket.setTimeout(0);
    socket.unshift(Buffer.concat([headWithoutOffer(incoming), head]));
    server.emit('connection', socket);
  };
  socket.on('error', onError);
  serve();
}

/** Header bytes are read and written as latin1, so that each stays the byte it was. */
function headWithoutOffer({ method, url, httpVersion, rawHeaders }: IncomingMessage): Buffer {
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    if (name.toLowerCase() !== 'upgrade') lines.push(`${name}: ${rawHeaders[at + 1]}`);
  }
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}
