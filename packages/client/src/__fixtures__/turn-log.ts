import type { Frame, ServerSocket } from './socket-server.ts';

/** A text event of a conversation's turn, or its seal. */
export function delta(conversationId: string, turnId: string, n: number, text = `${turnId}:${n}`): Frame {
  return {
    type: 'chat.delta',
    n,
    event: { type: 'text-delta', conversationId, turnId, delta: text },
  };
}

/** What a kernel remembers of one conversation, and how it answers `chat.subscribe`. Every turn has `length` events. */
export class TurnLog {
  readonly #conversationId: string;
  readonly #length: number;
  /** Every event so far, oldest first. */
  readonly frames: { readonly turn: number; readonly n: number }[] = [];

  constructor(conversationId: string, length: number) {
    this.#conversationId = conversationId;
    this.#length = length;
  }

  /** Appends the next event and returns its frame. */
  next(): Frame {
    const place = {
      turn: Math.floor(this.frames.length / this.#length),
      n: this.frames.length % this.#length,
    };
    this.frames.push(place);
    return this.#frame(place);
  }

  /** The replay that a subscription gets before the live events. */
  replay(subscribe: Frame, socket: ServerSocket): void {
    const { turnId, after } = subscribe;
    const running = this.frames.length % this.#length === 0 ? undefined : this.frames.at(-1)?.turn;
    for (const place of this.frames) {
      const wanted =
        turnId === undefined
          ? place.turn === running
          : place.turn > turnNumber(turnId) ||
            (place.turn === turnNumber(turnId) && place.n > (after as number));
      if (wanted) socket.send(this.#frame(place));
    }
  }

  #frame({ turn, n }: { readonly turn: number; readonly n: number }): Frame {
    return delta(this.#conversationId, `trn_${turn}`, n);
  }
}

function turnNumber(turnId: unknown): number {
  return Number(String(turnId).slice('trn_'.length));
}
