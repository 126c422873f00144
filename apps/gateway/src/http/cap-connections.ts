import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** Connections beyond those that may do something, so that the next ones can still be told why they may not. */
const TOLD_WHY = 100;

/** Hangs up on more connections than these servers may have together, so that nobody uses up the file descriptors of the process. */
export function capConnections(servers: readonly Server[], most: number): void {
  const open = new Set<Socket>();
  // One for all sockets: most of them stay for as long as there is somebody.
  function forget(this: Socket): void {
    open.delete(this);
  }
  const accept = (socket: Socket): void => {
    // A connection that begins again, as ignored upgrades do, is still one.
    if (open.has(socket)) return;
    if (open.size >= most + TOLD_WHY) {
      socket.destroy();
      return;
    }
    open.add(socket);
    socket.on('close', forget);
  };
  for (const server of servers) server.on('connection', accept);
}
