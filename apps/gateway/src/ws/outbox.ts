import type { Duplex } from 'node:stream';
import { writeTogether } from '@dispatch/link';
import type { WebSocket } from 'ws';
import type { Clock } from '../clock.ts';
import type { Reader, UnsentBudget } from '../limits/unsent-budget.ts';
import { UnsentGuard } from '../unsent-guard.ts';

/** Time a client that is sent away has to read why. */
const FAREWELL_MS = 1_000;

export interface OutboxOptions {
  readonly socket: WebSocket;
  /** What the socket writes to. */
  readonly stream: Duplex;
  readonly clock: Clock;
  /** What waits for all clients together. */
  readonly budget: UnsentBudget;
  /** The client does not keep up. Called once, at most; nothing is written after it but a farewell. */
  readonly onFull: () => void;
}

/** The way out of one socket: never holds more than the cap, and never waits. */
export class Outbox {
  readonly #socket: WebSocket;
  readonly #clock: Clock;
  readonly #guard: UnsentGuard;
  readonly #hold: () => void;
  readonly #budget: UnsentBudget;
  readonly #reader: Reader;
  #isClosing = false;

  constructor(options: OutboxOptions) {
    this.#socket = options.socket;
    this.#clock = options.clock;
    this.#hold = writeTogether(options.stream);
    const { socket, clock, budget, onFull } = options;
    this.#budget = budget;
    this.#reader = { unsent: () => socket.bufferedAmount, shed: onFull };
    this.#guard = new UnsentGuard({ clock, unsent: () => socket.bufferedAmount, onFull });
    socket.once('close', () => {
      this.#guard.stop();
      budget.forget(this.#reader);
    });
  }

  /** One text message. Dropped when the socket is closing. */
  write(text: Buffer | string): void {
    if (this.#isClosing || this.#socket.readyState !== this.#socket.OPEN) return;
    this.#hold();
    this.#socket.send(text, { binary: false });
    this.#guard.check();
    this.#budget.note(this.#reader, this.#socket.bufferedAmount);
  }

  /** Last words, the close frame, and the end of the socket if the client answers neither. */
  close(code: number, lastWords: string): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#guard.stop();
    if (this.#socket.readyState === this.#socket.OPEN) {
      this.#socket.send(lastWords, { binary: false });
      this.#socket.close(code);
    }
    const cancel = this.#clock.after(FAREWELL_MS, () => this.#socket.terminate());
    this.#socket.once('close', cancel);
  }
}
