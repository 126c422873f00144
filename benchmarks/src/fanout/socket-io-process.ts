/** The peer: Socket.IO with connection state recovery, each user in a room, each with a number of their own. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { serveFeed } from './peer.ts';

const RECOVERY_MS = 2 * 60_000;

const http = createServer();
const io = new Server(http, {
  transports: ['websocket'],
  perMessageDeflate: false,
  connectionStateRecovery: { maxDisconnectionDuration: RECOVERY_MS },
});
const seqs = new Map<string, number>();
io.on('connection', (socket) => {
  const user = String(socket.handshake.query['user']);
  if (!seqs.has(user)) seqs.set(user, 0);
  void socket.join(user);
});
http.listen(0, '127.0.0.1', () =>
  serveFeed((http.address() as AddressInfo).port, ({ event }) => {
    for (const [user, seq] of seqs) {
      seqs.set(user, seq + 1);
      io.to(user).emit('user.event', seq + 1, event);
    }
  }),
);
