import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

/** A JSON object, unchecked. */
export type Json = Readonly<Record<string, unknown>>;

/** What a request gets: a status and a body. */
export type Answer = readonly [status: number, body: unknown];

/** A gateway that does only what a test says. */
export interface FakeGateway {
  readonly url: string;
  /** `METHOD /path?query` and body of every request. */
  readonly requests: { readonly line: string; readonly body: string }[];
  /** Every frame of every socket. */
  readonly frames: Json[];
  /** Answers by `METHOD /path`, without the query. */
  readonly routes: Record<string, (query: URLSearchParams) => Answer>;
  /** What every new socket is greeted with behind `hello`. */
  catalog: readonly Json[];
  /** Called for every frame. */
  onFrame: (frame: Json, send: (...frames: readonly Json[]) => void) => void;
  /** Breaks every socket, without a close frame. */
  cut(): void;
  close(): Promise<void>;
}

const HELLO: Json = {
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

const STATUS_PATH = /^\/conversations\/[^/]+\/status$/;
/** What a gateway says of a conversation it does not know. */
const unknown = (): Answer => [
  200,
  { conversationId: '', status: 'idle', turnId: null, title: null, model: null, cwd: null },
];

export async function startFakeGateway(): Promise<FakeGateway> {
  const http = createServer((request, response) => {
    let body = '';
    request.on('data', (data: Buffer) => {
      body += data.toString('utf8');
    });
    request.on('end', () => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://gateway');
      gateway.requests.push({ line: `${request.method} ${request.url}`, body });
      const path = decodeURIComponent(pathname);
      const route =
        gateway.routes[`${request.method} ${path}`] ?? (STATUS_PATH.test(path) ? unknown : undefined);
      const missing = { error: 'no such path', code: 'not-found', retryable: false, requestId: 'req_0' };
      const [status, answer] = route?.(searchParams) ?? [404, missing];
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
  });
  const sockets = new WebSocketServer({ server: http });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const gateway: FakeGateway = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    requests: [],
    frames: [],
    catalog: [],
    routes: { 'GET /health': () => [200, { ok: true }] },
    onFrame: () => undefined,
    cut: () => {
      for (const socket of sockets.clients) socket.terminate();
    },
    close: async () => {
      for (const socket of sockets.clients) socket.terminate();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
  sockets.on('connection', (socket) => {
    const send = sender(socket);
    send(HELLO, { type: 'catalog', catalog: gateway.catalog });
    socket.on('message', (data) => {
      const frame = JSON.parse(String(data)) as Json;
      gateway.frames.push(frame);
      gateway.onFrame(frame, send);
    });
  });
  return gateway;
}

function sender(socket: WebSocket): (...frames: readonly Json[]) => void {
  return (...frames) => {
    for (const frame of frames) if (socket.readyState === 1) socket.send(JSON.stringify(frame));
  };
}

/** The `chat.delta` frames of one turn, from these events on, numbered from 0. */
export function turnFrames(conversationId: string, turnId: string, events: readonly Json[]): Json[] {
  return events.map((event, n) => ({
    type: 'chat.delta',
    n,
    event: { conversationId, turnId, ...event },
  }));
}
