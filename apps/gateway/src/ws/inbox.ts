import type { Kernel } from '../link/kernel.ts';
import type { GatewaySocket } from './gateway-socket.ts';

export interface InboxOptions {
  readonly socket: GatewaySocket;
  readonly kernel: Pick<Kernel, 'isFull' | 'drained'>;
  /** Carries out one message. */
  readonly take: (data: Buffer, isBinary: boolean) => void;
  /** What the client sent meanwhile is read again. */
  readonly onResumed: () => void;
}

/**
 * The way in of one socket. While the kernel is behind, nothing more is read from a client that wants something: no message
 * is lost, and the client that made the kernel fall behind is the one that waits.
 */
export class Inbox {
  readonly #options: InboxOptions;
  /** Messages that had been read already when the reading stopped: less than what one read can hold. */
  #waiting: { readonly data: Buffer; readonly isBinary: boolean }[] = [];
  #isHeld = false;

  constructor(options: InboxOptions) {
    this.#options = options;
    const { socket } = options;
    socket.on('message', (data, isBinary) => {
      // `nodebuffer` is the binary type of every socket of the server.
      this.#push(data as Buffer, isBinary);
    });
    socket.on('close', () => {
      this.#waiting = [];
    });
  }

  #push(data: Buffer, isBinary: boolean): void {
    const { kernel, take } = this.#options;
    if (!this.#isHeld && !kernel.isFull) {
      take(data, isBinary);
      return;
    }
    this.#waiting.push({ data, isBinary });
    if (!this.#isHeld) void this.#hold();
  }

  async #hold(): Promise<void> {
    const { socket, kernel, take, onResumed } = this.#options;
    this.#isHeld = true;
    socket.pause();
    while (this.#waiting.length > 0) {
      await kernel.drained();
      const waited = this.#waiting;
      this.#waiting = [];
      let taken = 0;
      for (; taken < waited.length && !kernel.isFull; taken += 1) {
        const message = waited[taken];
        if (message) take(message.data, message.isBinary);
      }
      this.#waiting = waited.slice(taken);
      onResumed();
    }
    this.#isHeld = false;
    socket.resume();
  }
}
