/** A bare WebSocket server in a process of its own that sends a text to everybody who is there. */
import { WebSocketServer } from 'ws';

/** As long as an update of the benchmark's surface. */
const PADDING = ' '.repeat(180);

const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
server.on('listening', () => {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  process.send?.({ type: 'ready', url: `ws://127.0.0.1:${port}` });
});
process.on('message', (text) => {
  const bytes = Buffer.from(`${String(text)}${PADDING}`);
  for (const client of server.clients) client.send(bytes, { binary: false });
});
process.on('disconnect', () => process.exit(0));
