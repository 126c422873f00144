import { WebSocket } from 'ws';

/** One turn as a watcher of it saw it; times in milliseconds since the message was sent. */
export interface SeenTurn {
  readonly ackMs: number;
  readonly firstTextMs: number;
  readonly sealedMs: number;
  /** Frames that carried text. */
  readonly textFrames: number;
}

export interface TurnOptions {
  /** Absent: a new one. */
  readonly conversationId?: string;
  readonly onText?: () => void;
}

/** A socket that sends messages and follows their turns without keeping frames, so that the client's own work stays small. */
export interface WatchingSocket {
  /** Sends a message and resolves when its turn is sealed. Rejects when it is refused or does not end well. */
  turn(model: string, options?: TurnOptions): Promise<SeenTurn>;
  close(): void;
}

interface Watched extends SeenTurn {
  ackMs: number;
  firstTextMs: number;
  textFrames: number;
  reason: string;
  readonly began: number;
  readonly onText: (() => void) | undefined;
  readonly settle: (turn: SeenTurn) => void;
  readonly fail: (error: Error) => void;
}

/** Reasons a measured turn may end with. */
const GOOD_ENDS = ['stop', 'aborted'];

interface Event {
  readonly type: string;
  readonly conversationId: string;
  readonly reason?: string;
}

/** Opens a socket and resolves when it is open. At most one turn at a time in a conversation. */
export async function openWatchingSocket(wsUrl: string): Promise<WatchingSocket> {
  const socket = new WebSocket(wsUrl, { perMessageDeflate: false });
  const turns = new Map<string, Watched>();
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  socket.on('close', () => {
    for (const { fail } of turns.values()) fail(new Error('the socket was closed'));
  });
  socket.on('message', (data) => {
    const frame = JSON.parse(data.toString());
    if (frame.type === 'chat.delta') return take(frame.event);
    // The id of a send is its conversation's.
    const watched = turns.get(frame.id);
    if (frame.type === 'ack' && watched !== undefined) watched.ackMs = performance.now() - watched.began;
    if (frame.type === 'chat.error') watched?.fail(new Error(`refused: ${frame.code}`));
  });

  function take({ type, conversationId, reason }: Event): void {
    const watched = turns.get(conversationId);
    if (watched === undefined) return;
    if (type === 'text-delta') {
      if (watched.textFrames === 0) watched.firstTextMs = performance.now() - watched.began;
      watched.textFrames += 1;
      watched.onText?.();
    } else if (type === 'done') watched.reason = reason ?? '';
    else if (type === 'turn-sealed') {
      const { ackMs, firstTextMs, textFrames, began } = watched;
      if (!GOOD_ENDS.includes(watched.reason)) watched.fail(new Error(`ended as ${watched.reason}`));
      else watched.settle({ ackMs, firstTextMs, textFrames, sealedMs: performance.now() - began });
    }
  }

  return {
    turn: (model, { onText, conversationId = crypto.randomUUID() } = {}) => {
      const turn = new Promise<SeenTurn>((settle, fail) => {
        const unseen = { ackMs: Number.NaN, firstTextMs: Number.NaN, sealedMs: Number.NaN, textFrames: 0 };
        const began = performance.now();
        turns.set(conversationId, { ...unseen, reason: '', began, onText, settle, fail });
      });
      socket.send(
        JSON.stringify({ type: 'chat.send', id: conversationId, conversationId, message: 'Hello', model }),
      );
      return turn.finally(() => {
        turns.delete(conversationId);
        // A socket may watch so many conversations and no more.
        if (socket.readyState === socket.OPEN)
          socket.send(JSON.stringify({ type: 'chat.unsubscribe', conversationId }));
      });
    },
    close: () => socket.close(),
  };
}
