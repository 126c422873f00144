import type { UserFrame } from './user-frame.ts';

/** What the first frame of a socket says about its place in its user's stream. */
export interface Greeting {
  readonly head: number;
  readonly resumed: boolean;
  /** Why not; only when a resume was asked for. */
  readonly reason?: string;
}

/** What reads a user's stream. Neither call may throw. */
export interface UserReader {
  /** The next one. */
  deliver(frame: UserFrame, seq: number): void;
  /** What follows cannot be given: it has to come back and start over. */
  restart(reason: string): void;
}

/** What a seat asks of the session it is in. */
export interface SeatHost {
  begin(seat: UserSeat): void;
  leave(seat: UserSeat): void;
}

/** The place of one socket in its user's stream. */
export class UserSeat {
  readonly greeting: Greeting;
  /** The last number that was given to it, or that it had already. */
  at: number;
  /** Undefined before it began. */
  reader: UserReader | undefined;
  readonly #host: SeatHost;

  constructor(greeting: Greeting, at: number, host: SeatHost) {
    this.greeting = greeting;
    this.at = at;
    this.#host = host;
  }

  /** To be called in the same step in which the seat was given: what is missing follows at once, then what happens live. */
  begin(reader: UserReader): void {
    this.reader = reader;
    this.#host.begin(this);
  }

  /** Nothing is delivered any more. Once. */
  leave(): void {
    this.#host.leave(this);
  }

  /** Gives it the frame, if that is the next one. */
  offer(frame: UserFrame, seq: number): void {
    if (this.at !== seq - 1) return;
    this.at = seq;
    this.reader?.deliver(frame, seq);
  }
}
