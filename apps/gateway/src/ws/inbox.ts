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
  readonly socket: Pick<GatewaySocket, 'pause' | 'resume'>;
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
  readonly #socket: InboxOptions['socket'];
  readonly #kernel: InboxOptions['kernel'];
  readonly #owner: InboxOwner;
  /** Messages that had been read already when the reading stopped: less than what one read can hold. Undefined: none waits. */
  #waiting: Message[] | undefined;
  #isHeld = false;

  constructor({ socket, kernel, owner }: InboxOptions) {
    this.#socket = socket;
    this.#kernel = kernel;
    this.#owner = owner;
  }

  /** One message of the client. */
  push(data: Buffer, isBinary: boolean): void {
    if (!this.#isHeld && !this.#kernel.isFull) {
      this.#owner.take(data, isBinary);
      return;
    }
    this.#waiting ??= [];
    this.#waiting.push({ data, isBinary });
    if (!this.#isHeld) void this.#hold();
  }

  /** The socket is gone: what waits is not carried out. */
  stop(): void {
    this.#waiting = undefined;
  }

  async #hold(): Promise<void> {
    const socket = this.#socket;
    const kernel = this.#kernel;
    const owner = this.#owner;
    this.#isHeld = true;
    socket.pause();
    while (this.#waiting !== undefined && this.#waiting.length > 0) {
      await kernel.drained();
      const waited: readonly Message[] = this.#waiting ?? [];
      this.#waiting = undefined;
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
