import type { Clock } from '../clock.ts';
import type { Limits } from './limits.ts';
import { TokenBucket } from './token-bucket.ts';

/** Refusals that come together are one breach: a client that sent before it was told did nothing wrong yet. */
const BREACH_MS = 1_000;
/** So many of them are one more. */
const BREACH_FRAMES = 100;
const BREACH_WINDOW_MS = 60_000;
const BREACHES = 3;

/** A frame over the limit. */
export interface OverLimit {
  readonly retryAfterMs: number;
  /** The client was told and went on: the connection is to be closed. */
  readonly isLast: boolean;
}

/** What one connection may send. */
export class MessageLimit {
  readonly #bucket: TokenBucket;
  readonly #clock: Clock;
  /** When each breach of the last minute began. */
  #breaches: number[] = [];
  #frames = 0;

  constructor({ messagesPerMinute, messageBurst }: Limits, clock: Clock) {
    this.#clock = clock;
    this.#bucket = new TokenBucket({ capacity: messageBurst, perMs: messagesPerMinute / 60_000 }, clock);
  }

  /** Undefined: this frame may be carried out. */
  take(): OverLimit | undefined {
    const retryAfterMs = this.#bucket.take();
    if (retryAfterMs === undefined) return undefined;
    const now = this.#clock.mono();
    this.#frames += 1;
    const last = this.#breaches.at(-1);
    if (last === undefined || now - last >= BREACH_MS || this.#frames > BREACH_FRAMES) {
      this.#breaches = [...this.#breaches.filter((at) => now - at < BREACH_WINDOW_MS), now];
      this.#frames = 0;
    }
    return { retryAfterMs, isLast: this.#breaches.length >= BREACHES };
  }
}
