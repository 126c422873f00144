import type { WebSocket } from 'ws';
import type { Clock } from '../clock.ts';

/** Bytes a client may leave unread before it is dropped. Told to clients in `hello.limits.unsentBytes`. */
export const UNSENT_CAP_BYTES = 1024 * 1024;
/** Time a client that is sent away has to read why. */
const FAREWELL_MS = 1_000;

export interface OutboxOptions {
  readonly socket: WebSocket;
  readonly clock: Clock;
  /** The client does not keep up. Called once, at most; nothing is written after it but a farewell. */
  readonly onFull: () => void;
}

/** The way out of one socket: never holds more than the cap, and never waits. */
export class Outbox {
  readonly #socket: WebSocket;
  readonly #clock: Clock;
  readonly #onFull: () => void;
  #isClosing = false;

  constructor(options: OutboxOptions) {
    this.#socket = options.socket;
    this.#clock = options.clock;
    this.#onFull = options.onFull;
  }

  /** One text message. Dropped when the socket is closing. */
  write(text: Buffer | string): void {
    if (this.#isClosing || this.#socket.readyState !== this.#socket.OPEN) return;
    this.#socket.send(text, { binary: false });
    if (this.#socket.bufferedAmount > UNSENT_CAP_BYTES) this.#onFull();
  }

  /** Last words, the close frame, and the end of the socket if the client answers neither. */
  close(code: number, lastWords: string): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    if (this.#socket.readyState === this.#socket.OPEN) {
      this.#socket.send(lastWords, { binary: false });
      this.#socket.close(code);
    }
    const cancel = this.#clock.after(FAREWELL_MS, () => this.#socket.terminate());
    this.#socket.once('close', cancel);
  }
}
