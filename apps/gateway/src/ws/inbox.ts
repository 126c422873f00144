import type { Kernel } from '../link/kernel.ts';
import type { GatewaySocket } from './gateway-socket.ts';

/** Whose messages they are. */
export interface InboxOwner {
  /** Carries out one message. */
  take(data: Buffer, isBinary: boolean): void;
  /** The client sent something, or what it sent is read again. */
  heard(): void;
}

export interface InboxOptions {
  readonly socket: GatewaySocket;
  readonly kernel: Pick<Kernel, 'isFull' | 'drained'>;
  readonly owner: InboxOwner;
}

interface Message {
  readonly data: Buffer;
  readonly isBinary: boolean;
}

/**
 * The way in of one socket. While the kernel is behind, nothing more is read from a client that wants something: no message
 * is lost, and the client that made the kernel fall behind is the one that waits.
 */
export class Inbox {
  readonly #options: InboxOptions;
  /** Messages that had been read already when the reading stopped: less than what one read can hold. Undefined: none ever waited. */
  #waiting: Message[] | undefined;
  #isHeld = false;

  constructor(options: InboxOptions) {
    this.#options = options;
    options.socket.on('message', (data, isBinary) => {
      options.owner.heard();
      // `nodebuffer` is the binary type of every socket of the server.
      this.#push(data as Buffer, isBinary);
    });
  }

  #push(data: Buffer, isBinary: boolean): void {
    const { kernel, owner } = this.#options;
    if (!this.#isHeld && !kernel.isFull) {
      owner.take(data, isBinary);
      return;
    }
    this.#waitingList().push({ data, isBinary });
    if (!this.#isHeld) void this.#hold();
  }

  /** From the first message that waits, the end of the socket ends the waiting. */
  #waitingList(): Message[] {
    if (this.#waiting === undefined) {
      this.#options.socket.on('close', () => {
        this.#waiting = [];
      });
    }
    this.#waiting ??= [];
    return this.#waiting;
  }

  async #hold(): Promise<void> {
    const { socket, kernel, owner } = this.#options;
    this.#isHeld = true;
    socket.pause();
    while (this.#waitingList().length > 0) {
      await kernel.drained();
      const waited = this.#waitingList();
      this.#waiting = [];
      let taken = 0;
      for (; taken < waited.length && !kernel.isFull; taken += 1) {
        const message = waited[taken];
        if (message) owner.take(message.data, message.isBinary);
      }
      this.#waiting = waited.slice(taken);
      owner.heard();
    }
    this.#isHeld = false;
    socket.resume();
  }
}
