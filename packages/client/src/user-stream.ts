import type { UserEvent } from '@dispatch/collab-contract';
import type { HelloMessage, UserEventMessage, UserSkipMessage } from '@dispatch/transport-contract';
import { Listeners } from './listeners.ts';

/** A place in a user's stream. Keep it where it outlives you, and pass it to `connect` to go on there. */
export interface UserPosition {
  /** The log `seq` counts in. */
  readonly epoch: string;
  /** The last number that was given. */
  readonly seq: number;
}

/** What was given so far may be incomplete: read again what you show. Events go on behind `position`. */
export interface UserReset {
  /** Kebab-case: `too-old`, `ahead`, `unknown-epoch`, `malformed` or newer. */
  readonly reason: string;
  readonly position: UserPosition;
}

/** What the user learns, on this connection: each event once, in order, over any number of reconnects. */
export interface UserStream {
  /** Undefined before the first `hello`, unless one was passed to `connect`. */
  readonly position: UserPosition | undefined;
  /** Tells each event with its number; the returned function stops it. */
  on(callback: (event: UserEvent, seq: number) => void): () => void;
  /** Tells when events were lost to this connection for good; the returned function stops it. */
  onReset(callback: (reset: UserReset) => void): () => void;
}

/** Turns frames that may repeat or miss into each event once, in order. */
export class UserReader implements UserStream {
  readonly #events: Listeners<readonly [UserEvent, number]>;
  readonly #resets: Listeners<UserReset>;
  #position: UserPosition | undefined;

  constructor(position: UserPosition | undefined, report: (error: unknown) => void) {
    this.#position = position;
    this.#events = new Listeners(report);
    this.#resets = new Listeners(report);
  }

  get position(): UserPosition | undefined {
    return this.#position;
  }

  /** What the address of a socket has to ask for so that it goes on here; empty: nothing. */
  get query(): string {
    const at = this.#position;
    return at === undefined ? '' : `resume=${encodeURIComponent(at.epoch)}.${at.seq}`;
  }

  on(callback: (event: UserEvent, seq: number) => void): () => void {
    return this.#events.add(([event, seq]) => callback(event, seq));
  }

  onReset(callback: (reset: UserReset) => void): () => void {
    return this.#resets.add(callback);
  }

  /** A line is open, and says whether it goes on where the one before stopped. */
  opened({ epoch, head, resumed, reason = 'unknown-epoch' }: HelloMessage): void {
    const before = this.#position;
    if (before !== undefined && resumed) return;
    this.#position = { epoch, seq: head };
    if (before === undefined || (before.epoch === epoch && before.seq === head)) return;
    this.#resets.emit({ reason, position: this.#position });
  }

  /** True: numbers are missing before this one, so the line has to be made anew. */
  receive(frame: UserEventMessage | UserSkipMessage): boolean {
    const { seq } = frame;
    if (!Number.isSafeInteger(seq)) throw new TypeError('a number is a whole number');
    const at = this.#position;
    if (at === undefined || seq <= at.seq) return false;
    if (seq > at.seq + 1) return true;
    this.#position = { epoch: at.epoch, seq };
    if (frame.type === 'user.event') this.#events.emit([frame.event, seq]);
    return false;
  }

  /** True: the server has given more than arrived here. */
  isBehind(head: number): boolean {
    return this.#position !== undefined && head > this.#position.seq;
  }
}
