import type { HelloMessage, WsClientMessage } from '@dispatch/transport-contract';
import type { ClientClock } from './clock.ts';

/** Frames of the burst that are left to signs of life, which wait for nothing. */
const KEPT = 5;

/**
 * Writes frames in order and no faster than the gateway said it takes them: what is beyond that would be refused, and a watch that was refused would be silent
 * for ever.
 */
export class Pace {
  readonly #clock: ClientClock;
  readonly #write: (frame: WsClientMessage) => void;
  #waiting: WsClientMessage[] = [];
  /** Undefined: the gateway has no limit, or told none. */
  #limit: { readonly most: number; readonly perMs: number } | undefined;
  #left = 0;
  #at = 0;
  #cancel: (() => void) | undefined;

  constructor(clock: ClientClock, write: (frame: WsClientMessage) => void) {
    this.#clock = clock;
    this.#write = write;
  }

  /** A line is open. */
  begin({ limits }: Pick<HelloMessage, 'limits'>): void {
    this.end();
    const { messageBurst: burst = 0, messagesPerMinute: rate = 0 } = limits ?? {};
    this.#limit =
      burst > 0 && rate > 0 ? { most: Math.max(1, burst - KEPT), perMs: rate / 60_000 } : undefined;
    this.#left = this.#limit?.most ?? 0;
    this.#at = this.#clock.mono();
  }

  /** The line is gone, and with it what waited for its turn: the next one asks for everything anew. */
  end(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#waiting = [];
  }

  write(frame: WsClientMessage): void {
    if (this.#limit === undefined) {
      this.#write(frame);
      return;
    }
    this.#waiting.push(frame);
    if (this.#cancel === undefined) this.#go();
  }

  #go(): void {
    this.#cancel = undefined;
    const limit = this.#limit;
    if (limit === undefined) return;
    const now = this.#clock.mono();
    this.#left = Math.min(limit.most, this.#left + (now - this.#at) * limit.perMs);
    this.#at = now;
    while (this.#left >= 1) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#left -= 1;
      this.#write(next);
    }
    if (this.#waiting.length === 0) return;
    this.#cancel = this.#clock.after(Math.ceil((1 - this.#left) / limit.perMs), () => this.#go());
  }
}
