import { WebSocket } from 'ws';

/** An event of a turn as a watcher got it. */
export interface WatchedEvent {
  readonly n: number;
  readonly type: string;
  readonly turnId: string;
  readonly [field: string]: unknown;
}

/** One socket that many conversations are sent to and watched on. */
export interface Line {
  /** Sends a message and watches; resolves with the turn's id once it is acknowledged, rejects when it is refused. */
  send(conversationId: string, message: string, model: string): Promise<string>;
  /** Watches from the first event of a turn that somebody else started. */
  watch(conversationId: string, turnId: string): void;
  leave(conversationId: string): void;
  /** What came of the turn so far, in order of arrival. */
  events(turnId: string): readonly WatchedEvent[];
  /** Resolves with the turn's first event that fits, come or to come; rejects after `ms`. */
  event(turnId: string, fits: (event: WatchedEvent) => boolean, ms: number): Promise<WatchedEvent>;
  close(): void;
}

interface Waiter {
  fits(event: WatchedEvent): boolean;
  resolve(event: WatchedEvent): void;
}

interface Turn {
  readonly events: WatchedEvent[];
  readonly waiters: Set<Waiter>;
}

const ACK_MS = 30_000;

export async function openLine(wsUrl: string): Promise<Line> {
  const socket = new WebSocket(wsUrl, { perMessageDeflate: false });
  const turns = new Map<string, Turn>();
  const acks = new Map<string, (frame: { readonly [field: string]: unknown }) => void>();
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  socket.on('error', () => undefined);

  const turnOf = (turnId: string): Turn => {
    const turn = turns.get(turnId) ?? { events: [], waiters: new Set() };
    turns.set(turnId, turn);
    return turn;
  };

  socket.on('message', (data) => {
    const frame = JSON.parse(data.toString());
    if (frame.type === 'chat.delta') {
      const event: WatchedEvent = { ...frame.event, n: frame.n };
      const { events, waiters } = turnOf(event.turnId);
      events.push(event);
      for (const waiter of waiters) {
        if (!waiter.fits(event)) continue;
        waiters.delete(waiter);
        waiter.resolve(event);
      }
    } else if (frame.type === 'ack' || frame.type === 'chat.error') acks.get(frame.id)?.(frame);
  });

  return {
    send: (conversationId, message, model) =>
      within(ACK_MS, 'an acknowledgement', (resolve, reject) => {
        const id = crypto.randomUUID();
        acks.set(id, (frame) => {
          acks.delete(id);
          if (frame['type'] === 'ack') resolve(String(frame['turnId']));
          else reject(new Error(`refused: ${String(frame['code'])}: ${String(frame['message'])}`));
        });
        socket.send(JSON.stringify({ type: 'chat.send', id, conversationId, message, model }));
      }),
    watch: (conversationId, turnId) =>
      socket.send(JSON.stringify({ type: 'chat.subscribe', conversationId, turnId, after: -1 })),
    leave: (conversationId) => socket.send(JSON.stringify({ type: 'chat.unsubscribe', conversationId })),
    events: (turnId) => turnOf(turnId).events,
    event: (turnId, fits, ms) =>
      within(ms, 'an event', (resolve) => {
        const { events, waiters } = turnOf(turnId);
        const known = events.find(fits);
        if (known === undefined) waiters.add({ fits, resolve });
        else resolve(known);
      }),
    close: () => socket.close(),
  };
}

function within<T>(
  ms: number,
  what: string,
  start: (resolve: (value: T) => void, reject: (error: Error) => void) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`waited ${ms} ms in vain for ${what}`)), ms);
    const settle =
      <V>(how: (value: V) => void) =>
      (value: V) => {
        clearTimeout(timer);
        how(value);
      };
    start(settle(resolve), settle(reject));
  });
}
