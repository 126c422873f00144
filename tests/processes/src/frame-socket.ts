import { WebSocket } from 'ws';
import { eventually } from './eventually.ts';

/** Any frame, as it came. */
export interface Frame {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** A WebSocket that keeps what it received and knows nothing of the contracts: what any old client is. */
export interface FrameSocket {
  readonly frames: readonly Frame[];
  /** Exact text of each message, in order. */
  readonly texts: readonly string[];
  readonly socket: WebSocket;
  send(frame: unknown): void;
  sendText(text: string): void;
  /** The first frame, received or to come, that fits. */
  frame(what: string, fits: (frame: Frame) => boolean, ms?: number): Promise<Frame>;
  /** Events of `chat.delta` frames of one turn, in order of arrival. */
  events(turnId?: string): readonly (Frame & { readonly n?: number })[];
  /** Resolves with the first sealed turn's id, or that of the turn named. */
  sealed(turnId?: string, ms?: number): Promise<string>;
  close(): void;
}

/** Opens a socket and resolves when it is open. */
export async function openSocket(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<FrameSocket> {
  const socket = new WebSocket(url, { headers: { ...headers }, perMessageDeflate: false });
  const frames: Frame[] = [];
  const texts: string[] = [];
  socket.on('message', (data) => {
    const text = data.toString();
    texts.push(text);
    frames.push(JSON.parse(text));
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  socket.on('error', () => undefined);
  const self: FrameSocket = {
    frames,
    texts,
    socket,
    send: (frame) => socket.send(JSON.stringify(frame)),
    sendText: (text) => socket.send(text),
    frame: (what, fits, ms) => eventually(what, () => frames.find(fits), ms),
    events: (turnId) =>
      frames.flatMap((frame) => {
        if (frame.type !== 'chat.delta') return [];
        const event = frame['event'] as Frame;
        if (turnId !== undefined && event['turnId'] !== turnId) return [];
        return [{ ...event, ...(typeof frame['n'] === 'number' ? { n: frame['n'] } : {}) }];
      }),
    sealed: async (turnId, ms = 30_000) => {
      const found = await eventually(
        'turn-sealed',
        () => self.events(turnId).find((event) => event.type === 'turn-sealed'),
        ms,
      );
      return String(found['turnId']);
    },
    close: () => socket.close(),
  };
  return self;
}
