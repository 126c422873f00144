import type { Clock } from '../clock.ts';

/** Told to clients in `hello`. A peer that vanished is found within their sum. */
export const HEARTBEAT_MS = 25_000;
export const GRACE_MS = 10_000;
/** A timer this late means that we were stopped ourselves, and what the client sent meanwhile is still unread. */
const LATE_MS = 2_000;

export interface HeartbeatOptions {
  readonly clock: Clock;
  /** A number in [0, 1): spreads the first beats of clients that came at once. */
  readonly fraction: number;
  /** Sends the client something it has to answer. */
  readonly beat: () => void;
  /** Nothing came back within the grace. */
  readonly onDead: () => void;
}

/** Asks for a sign of life at even intervals; anything the client sends is one. */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  #isHeard = true;
  #cancel: () => void = () => undefined;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.#wait(options.fraction * HEARTBEAT_MS);
  }

  /** The client sent something: a frame, a ping or a pong. */
  heard(): void {
    this.#isHeard = true;
  }

  stop(): void {
    this.#cancel();
  }

  #wait(ms: number): void {
    this.#cancel = this.#options.clock.after(ms, () => {
      this.#isHeard = false;
      this.#options.beat();
      this.#listen();
    });
  }

  #listen(): void {
    const { clock, onDead } = this.#options;
    const due = clock.mono() + GRACE_MS;
    this.#cancel = clock.after(GRACE_MS, () => {
      if (this.#isHeard) this.#wait(HEARTBEAT_MS - GRACE_MS);
      else if (clock.mono() - due > LATE_MS) this.#listen();
      else onDead();
    });
  }
}
