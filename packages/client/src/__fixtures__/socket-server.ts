import { type WebSocket, WebSocketServer } from 'ws';

/** A frame as it came or goes, unchecked. */
export type Frame = Readonly<Record<string, unknown>> & { readonly type: string };

/** One connection, seen from the server. */
export interface ServerSocket {
  /** Path and query of the upgrade. */
  readonly path: string;
  /** What the client wrote, in order. */
  readonly received: readonly Frame[];
  send(...frames: readonly Frame[]): void;
  sendText(text: string): void;
  close(code: number): void;
  /** As a line that breaks: no close frame. */
  cut(): void;
}

/** A gateway's socket side that does only what the test says, after the greeting. */
export interface SocketServer {
  readonly url: string;
  /** Every connection so far, oldest first. */
  readonly sockets: readonly ServerSocket[];
  /** Called for every frame of every connection. */
  onFrame: (frame: Frame, socket: ServerSocket) => void;
  close(): Promise<void>;
}

export const HELLO: Frame = {
  type: 'hello',
  gateway: '0.1.0',
  bootId: 'boot',
  contracts: {},
  capabilities: ['turn-cursor', 'ack', 'idempotency'],
  user: 'usr_owner',
  epoch: 'epoch',
  head: 0,
  resumed: false,
  heartbeatMs: 25_000,
  graceMs: 10_000,
  serverTime: 0,
  limits: { frameBytes: 262_144, bodyBytes: 1_048_576, unsentBytes: 1_048_576 },
};

/** `greeting` is what each connection gets at once. */
export async function startSocketServer(
  greeting: readonly Frame[] = [HELLO, { type: 'catalog', catalog: [] }],
): Promise<SocketServer> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('it listens on no port');
  const sockets: ServerSocket[] = [];
  const fake: SocketServer = {
    url: `http://127.0.0.1:${address.port}`,
    sockets,
    onFrame: () => undefined,
    close: () =>
      new Promise((resolve) => {
        for (const client of server.clients) client.terminate();
        server.close(() => resolve());
      }),
  };
  server.on('connection', (socket, { url = '' }) => {
    const own = serverSocket(socket, url);
    sockets.push(own);
    own.send(...greeting);
    socket.on('message', (data) => {
      const frame = JSON.parse(String(data)) as Frame;
      (own.received as Frame[]).push(frame);
      fake.onFrame(frame, own);
    });
  });
  return fake;
}

function serverSocket(socket: WebSocket, path: string): ServerSocket {
  return {
    path,
    received: [],
    send(...frames) {
      for (const frame of frames) if (socket.readyState === 1) socket.send(JSON.stringify(frame));
    },
    sendText: (text) => socket.send(text),
    close: (code) => socket.close(code),
    cut: () => socket.terminate(),
  };
}
