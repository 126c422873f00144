import { type Alarm, type Alarms, NOT_SET } from '../alarms.ts';
import type { Clock } from '../clock.ts';

/** Told to clients in `hello`. A peer that vanished is found within their sum. */
export const HEARTBEAT_MS = 25_000;
export const GRACE_MS = 10_000;
/** A timer this late means that we were stopped ourselves, and what the client sent meanwhile is still unread. */
const LATE_MS = 2_000;

/** Whose heart it is. */
export interface HeartbeatOwner {
  /** Sends the client something it has to answer. */
  beat(): void;
  /** Nothing came back within the grace. */
  died(): void;
}

/** What the heartbeats of all clients have in common. */
export interface HeartbeatParts {
  readonly clock: Clock;
  readonly alarms: Alarms;
}

/** Asks for a sign of life at even intervals; anything the client sends is one. */
export class Heartbeat implements Alarm {
  dueAt = 0;
  place = NOT_SET;
  readonly #parts: HeartbeatParts;
  readonly #owner: HeartbeatOwner;
  /** True: the client was asked and has the grace to answer. */
  #isListening = false;
  #isHeard = true;

  /** `fraction` is in [0, 1): it spreads the first beats of clients that came at once. */
  constructor(parts: HeartbeatParts, owner: HeartbeatOwner, fraction: number) {
    this.#parts = parts;
    this.#owner = owner;
    parts.alarms.set(this, fraction * HEARTBEAT_MS);
  }

  /** The client sent something: a frame, a ping or a pong. */
  heard(): void {
    this.#isHeard = true;
  }

  stop(): void {
    this.#parts.alarms.cancel(this);
  }

  ring(): void {
    const { clock, alarms } = this.#parts;
    if (!this.#isListening) {
      this.#isListening = true;
      this.#isHeard = false;
      this.#owner.beat();
      alarms.set(this, GRACE_MS);
    } else if (this.#isHeard) {
      this.#isListening = false;
      alarms.set(this, HEARTBEAT_MS - GRACE_MS);
    } else if (clock.mono() - this.dueAt > LATE_MS) alarms.set(this, GRACE_MS);
    else this.#owner.died();
  }
}
