import { WebSocket } from 'ws';

/** Any frame, as it came. */
export interface Frame {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** A client that knows nothing of the contracts and keeps all it received. */
export interface TestSocket {
  readonly socket: WebSocket;
  readonly frames: readonly Frame[];
  readonly texts: readonly string[];
  send(frame: unknown): void;
  sendText(text: string | Buffer): void;
  /** The first frame from index `from` on, received or to come, that fits; rejects after twenty seconds. */
  next(fits: (frame: Frame) => boolean, from?: number): Promise<Frame>;
  /** Texts of the `chat.delta` messages so far. */
  deltas(): string[];
  /** `turnId/n` of the `chat.delta` frames so far. */
  positions(): string[];
  /** Close code, once closed. */
  readonly closed: Promise<number>;
}

export async function openTestSocket(url: string, headers: Record<string, string> = {}): Promise<TestSocket> {
  const socket = new WebSocket(url, { headers, perMessageDeflate: false });
  const frames: Frame[] = [];
  const texts: string[] = [];
  const listeners = new Set<() => void>();
  socket.on('message', (data) => {
    texts.push(data.toString());
    frames.push(JSON.parse(data.toString()));
    for (const listener of [...listeners]) listener();
  });
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  socket.on('error', () => undefined);
  return {
    socket,
    frames,
    texts,
    closed,
    send: (frame) => socket.send(JSON.stringify(frame)),
    sendText: (text) => socket.send(text),
    next: (fits, from = 0) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = frames.slice(from).find(fits);
          if (found === undefined) return;
          listeners.delete(look);
          clearTimeout(timer);
          resolve(found);
        };
        const timer = setTimeout(() => {
          listeners.delete(look);
          reject(new Error(`no such frame among ${JSON.stringify(frames.slice(-5))}`));
        }, 20_000);
        listeners.add(look);
        look();
      }),
    deltas: () => texts.filter((text) => text.includes('"chat.delta"')),
    positions: () =>
      frames
        .filter((frame) => frame.type === 'chat.delta')
        .map((frame) => `${(frame['event'] as { turnId: string }).turnId.slice(-2)}/${frame['n']}`),
  };
}

/** What a socket was answered instead of being opened. */
export function refusedUpgrade(
  url: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: Record<string, unknown>; headers: Record<string, unknown> }> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { headers });
    socket.once('open', () => reject(new Error('it was opened')));
    socket.once('error', () => undefined);
    socket.once('unexpected-response', (_request, response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: JSON.parse(text), headers: response.headers }),
      );
    });
  });
}
