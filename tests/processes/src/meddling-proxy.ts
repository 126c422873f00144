import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import type { Frame } from './frame-socket.ts';

/** One socket of a client, from the middle. */
export interface MeddledSocket {
  /** Path it was opened with. */
  readonly path: string;
  /** Whatever a meddler wants to know of it later. */
  readonly memory: Map<string, unknown>;
  /** Past all meddling. */
  sendToClient(frame: object): void;
  sendToServer(frame: object): void;
  /** Closes the client's side. */
  closeClient(code: number): void;
}

/** A request that passes. */
export interface MeddledRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An answer that passes whole: every one but streams. */
export interface MeddledAnswer {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: string;
}

/** What is done to what passes. Absent: it passes as it is. */
export interface Meddling {
  /** The path a socket is opened with at the gateway instead of the client's. */
  readonly upgradePath?: (path: string) => string;
  /** Frames the client gets for one of the server's. */
  readonly toClient?: (frame: Frame, socket: MeddledSocket) => readonly object[];
  /** Messages the server gets for one of the client's. */
  readonly toServer?: (text: string, socket: MeddledSocket) => readonly string[] | Promise<readonly string[]>;
  /** Another request, or an answer without asking. */
  readonly request?: (
    request: MeddledRequest,
  ) => MeddledRequest | MeddledAnswer | Promise<MeddledRequest | MeddledAnswer>;
  readonly answer?: (
    answer: MeddledAnswer,
    request: MeddledRequest,
  ) => MeddledAnswer | Promise<MeddledAnswer>;
  /** Headers of a stream. */
  readonly streamHeaders?: (headers: OutgoingHttpHeaders) => OutgoingHttpHeaders;
  /** Lines the client gets for one of a stream. `null` ends the stream. */
  readonly line?: (line: string, request: MeddledRequest) => readonly string[] | null;
  /** Holds a stream back until it is whole. */
  readonly holdsStreams?: boolean;
  /** A client's socket broke, or closed. */
  readonly socketGone?: (socket: MeddledSocket, code: number) => void;
  /** A client left a stream before its end. */
  readonly streamLeft?: (request: MeddledRequest) => void;
}

/** Stands between a client and a gateway and breaks one thing. */
export interface MeddlingProxy {
  readonly url: string;
  close(): Promise<void>;
}

export async function startMeddlingProxy(target: string, meddling: Meddling): Promise<MeddlingProxy> {
  const server = createServer((incoming, outgoing) => {
    pass(target, meddling, incoming, outgoing).catch(() => outgoing.destroy());
  });
  const acceptor = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  server.on('upgrade', (incoming, socket: Duplex, head: Buffer) => {
    socket.on('error', () => undefined);
    const path = incoming.url ?? '/';
    const asked = meddling.upgradePath?.(path) ?? path;
    const upstream = new WebSocket(`${target.replace('http', 'ws')}${asked}`, { perMessageDeflate: false });
    const early: string[] = [];
    const keep = (data: Buffer): void => void early.push(data.toString());
    upstream.on('message', keep);
    upstream.on('error', () => undefined);
    upstream.once('unexpected-response', (_request, response) => {
      socket.end(`HTTP/1.1 ${response.statusCode} Refused\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
      upstream.terminate();
    });
    upstream.once('open', () => {
      acceptor.handleUpgrade(incoming, socket, head, (client) => {
        upstream.off('message', keep);
        join(client, upstream, path, meddling, early);
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      for (const client of acceptor.clients) client.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function join(
  client: WebSocket,
  upstream: WebSocket,
  path: string,
  meddling: Meddling,
  early: readonly string[],
): void {
  const write = (to: WebSocket, text: string): void => {
    if (to.readyState === WebSocket.OPEN) to.send(text);
  };
  const self: MeddledSocket = {
    path,
    memory: new Map(),
    sendToClient: (frame) => write(client, JSON.stringify(frame)),
    sendToServer: (frame) => write(upstream, JSON.stringify(frame)),
    closeClient: (code) => client.close(code),
  };
  const toClient = (text: string): void => {
    const frame = JSON.parse(text) as Frame;
    for (const one of meddling.toClient?.(frame, self) ?? [frame]) self.sendToClient(one);
  };
  for (const text of early) toClient(text);
  upstream.on('message', (data) => toClient(data.toString()));
  // One after the other, also where a meddler has to ask something first.
  let before = Promise.resolve();
  client.on('message', (data) => {
    const text = data.toString();
    before = before.then(async () => {
      for (const one of (await meddling.toServer?.(text, self)) ?? [text]) write(upstream, one);
    });
  });
  client.on('error', () => undefined);
  client.on('close', (code) => {
    meddling.socketGone?.(self, code);
    upstream.terminate();
  });
  upstream.on('close', (code) => {
    if (code === 1006 || code === 1005) client.terminate();
    else client.close(code);
  });
}

async function pass(
  target: string,
  meddling: Meddling,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const pieces: Buffer[] = [];
  for await (const piece of incoming) pieces.push(piece as Buffer);
  const original: MeddledRequest = {
    method: incoming.method ?? 'GET',
    path: incoming.url ?? '/',
    headers: Object.fromEntries(
      Object.entries(incoming.headers).flatMap(([name, value]) =>
        typeof value === 'string' ? [[name, value]] : [],
      ),
    ),
    body: Buffer.concat(pieces).toString('utf8'),
  };
  const asked = (await meddling.request?.(original)) ?? original;
  const send = ({ status, headers, body }: MeddledAnswer): void => {
    outgoing.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
  };
  if ('status' in asked) return send(asked);
  const response = await forward(target, asked);
  response.on('error', () => undefined);
  if (response.headers['content-type']?.includes('ndjson')) {
    return stream(meddling, asked, response, outgoing);
  }
  let body = '';
  for await (const piece of response) body += String(piece);
  const answer = { status: response.statusCode ?? 500, headers: plain(response.headers), body };
  send((await meddling.answer?.(answer, asked)) ?? answer);
}

function forward(target: string, { method, path, headers, body }: MeddledRequest): Promise<IncomingMessage> {
  const { 'content-length': _, ...kept } = headers;
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${target}${path}`, {
      method,
      headers: { ...kept, ...(body === '' ? {} : { 'content-length': Buffer.byteLength(body) }) },
    });
    request.once('response', resolve);
    request.once('error', reject);
    request.end(body);
  });
}

const plain = (headers: IncomingMessage['headers']): OutgoingHttpHeaders => {
  const {
    'content-length': _length,
    'transfer-encoding': _encoding,
    connection: _connection,
    ...kept
  } = headers;
  return kept;
};

function stream(
  meddling: Meddling,
  request: MeddledRequest,
  response: IncomingMessage,
  outgoing: ServerResponse,
): void {
  const headers = plain(response.headers);
  outgoing.writeHead(response.statusCode ?? 500, meddling.streamHeaders?.(headers) ?? headers);
  if (meddling.holdsStreams !== true) outgoing.flushHeaders();
  let rest = '';
  let held = '';
  response.setEncoding('utf8');
  response.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const passed = meddling.line === undefined ? [line] : meddling.line(line, request);
      if (passed === null) {
        outgoing.end();
        return;
      }
      for (const one of passed) {
        if (meddling.holdsStreams === true) held += `${one}\n`;
        else if (!outgoing.writableEnded) outgoing.write(`${one}\n`);
      }
    }
  });
  response.once('end', () => outgoing.end(held));
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) meddling.streamLeft?.(request);
    response.destroy();
  });
}
