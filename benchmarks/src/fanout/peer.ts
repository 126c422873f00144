import { connect } from 'node:net';
import { FrameDecoder } from '@dispatch/link';

/** One event of the feed: what a peer has to bring to everybody. */
export interface FedEvent {
  readonly event: object;
}

/** Reads the feed whose path is the first argument, and tells the parent where the clients are to come. */
export function serveFeed(port: number, onEvent: (fed: FedEvent) => void): void {
  const [path = ''] = process.argv.slice(2);
  const decoder = new FrameDecoder();
  const socket = connect(path, () => process.send?.({ type: 'ready', url: `ws://127.0.0.1:${port}` }));
  socket.on('data', (bytes) => decoder.push(bytes, (frame) => onEvent(frame as FedEvent)));
  socket.on('close', () => process.exit(0));
}
