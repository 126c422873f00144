/** The limit: `ws` alone, one text for everybody, made once. */
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { serveFeed } from './peer.ts';

const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
let seq = 0;
server.on('listening', () =>
  serveFeed((server.address() as AddressInfo).port, ({ event }) => {
    seq += 1;
    const text = Buffer.from(JSON.stringify({ type: 'user.event', seq, event }));
    for (const client of server.clients) client.send(text, { binary: false });
  }),
);
