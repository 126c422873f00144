import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import {
  encodeFrame,
  encodePrincipal,
  FrameDecoder,
  LINK_SECRET_HEADER,
  LINK_VERSION,
  type LinkDownFrame,
  type LinkUpFrame,
  LOCAL_OWNER,
  PRINCIPAL_HEADER,
  readLinkSecret,
  socketPaths,
  turnTopic,
} from '@dispatch/link';

import { SCOPES } from '../identity/scopes.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
  readonly body: any;
}

export interface Asked {
  /** Sent as it is when it is a string or bytes, else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly userId?: string;
  /** Absent: `local`. */
  readonly sessionId?: string;
  /** Absent: all there are. */
  readonly scopes?: readonly string[];
  /** When the JWT ends. Absent: it was none. */
  readonly expiresAt?: number;
}

/** One request on rpc.sock, as a gateway makes it. */
export function ask(dataDir: string, method: string, path: string, asked: Asked = {}): Promise<Answer> {
  const { body, userId = LOCAL_OWNER, sessionId = 'local', scopes = SCOPES, expiresAt } = asked;
  const ends = expiresAt === undefined ? {} : { expiresAt };
  const bytes = Buffer.isBuffer(body) || typeof body === 'string' ? body : JSON.stringify(body ?? null);
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        socketPath: socketPaths(dataDir).rpc,
        method,
        path,
        agent: false,
        headers: {
          [LINK_SECRET_HEADER]: readLinkSecret(dataDir) ?? '',
          [PRINCIPAL_HEADER]: encodePrincipal({ userId, sessionId, scopes, ...ends }),
          ...asked.headers,
        },
      },
      (incoming) => {
        const parts: Buffer[] = [];
        incoming.on('data', (part: Buffer) => parts.push(part));
        incoming.on('end', () => {
          const text = Buffer.concat(parts).toString('utf8');
          const { statusCode = 0, headers } = incoming;
          resolve({ status: statusCode, headers, body: text === '' ? undefined : JSON.parse(text) });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body === undefined ? undefined : bytes);
  });
}

export interface TestLink {
  readonly frames: readonly LinkDownFrame[];
  readonly socket: Socket;
  readonly closed: Promise<void>;
  /** Sends a frame as it is. */
  send(frame: object): void;
  watch(
    conversationId: string,
    after?: { readonly turnId?: string; readonly n: number },
    userId?: string,
  ): void;
  /** Says that a client is connected. */
  open(userId: string, conn: string): void;
  /** Events of a conversation in order of arrival, each with its index. */
  events(
    conversationId: string,
  ): readonly { readonly n: number | undefined; readonly type: string; readonly turnId: string }[];
}

/** A gateway's link, with one connection per conversation. */
export function openLink(dataDir: string): TestLink {
  const socket = connect(socketPaths(dataDir).events);
  const frames: LinkDownFrame[] = [];
  const decoder = new FrameDecoder();
  socket.on('data', (bytes) => decoder.push(bytes, (frame) => frames.push(frame as LinkDownFrame)));
  socket.on('error', () => undefined);
  const secret = readLinkSecret(dataDir) ?? '';
  socket.write(encodeFrame({ type: 'hello', v: LINK_VERSION, gatewayId: 'gwy_test', secret }));
  return {
    frames,
    socket,
    closed: new Promise((resolve) => socket.on('close', () => resolve())),
    send: (frame) => void socket.write(encodeFrame(frame as LinkUpFrame)),
    watch(conversationId, after, userId = LOCAL_OWNER) {
      const topic = turnTopic(conversationId);
      const who = { userId, sessionId: 'local', scopes: SCOPES };
      const frame = { type: 'watch', conn: conversationId, topic, ...who, ...(after && { after }) };
      socket.write(encodeFrame(frame));
    },
    open: (userId, conn) => void socket.write(encodeFrame({ type: 'opened', userId, conn })),
    events: (conversationId) =>
      frames.flatMap((frame) => {
        if (!('topic' in frame && 'frame' in frame) || frame.topic !== turnTopic(conversationId)) return [];
        if (frame.frame.type !== 'chat.delta') return [];
        const { event, n } = frame.frame;
        return [{ ...event, n, turnId: String(event.turnId) }];
      }),
  };
}
