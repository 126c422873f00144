import { connect, type Socket } from 'node:net';
import {
  EnvelopeError,
  encodeFrame,
  FrameDecoder,
  LINK_VERSION,
  type LinkDownFrame,
  type LinkUpFrame,
  type LinkWelcomeFrame,
  parseLinkDownFrame,
  Secret,
} from '@dispatch/link';
import type { Logger } from 'pino';
import type { Clock } from '../clock.ts';
import type { Ids } from '../ids.ts';

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;
/** How long a kernel may take to say `welcome`. */
const WELCOME_MS = 5_000;
/** Bytes the kernel may leave unread before we hang up, so that a frozen kernel costs no more than this. */
const UNSENT_CAP_BYTES = 8 * 1024 * 1024;
/** Above this whoever can wait does, so that neither many watches nor one busy client come near the cap. */
const FULL_BYTES = 1024 * 1024;
/** A kernel that has not caught up by then reads nothing. Shorter than a client's grace: who waits for it cannot be heard. */
const FULL_MS = 5_000;

export interface KernelLinkOptions {
  /** Path of events.sock. */
  readonly path: string;
  /** The secret of the kernel that runs now; asked anew for each connection. Undefined: no kernel yet. */
  readonly readSecret: () => string | undefined;
  /** Names this gateway process to the kernel. */
  readonly gatewayId: string;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  /** Once per connection, before any other frame. */
  readonly onWelcome: (frame: LinkWelcomeFrame) => void;
  readonly onFrame: (frame: Exclude<LinkDownFrame, LinkWelcomeFrame>) => void;
  /** Once for each `onWelcome`, when that connection has ended. */
  readonly onDown: () => void;
}

/** The gateway's end of events.sock: connects, says hello, and connects again for as long as it is not stopped. */
export class KernelLink {
  readonly #options: KernelLinkOptions;
  #socket: Socket | undefined;
  #secret: Secret | undefined;
  #welcomed = false;
  #failures = 0;
  #stopped = false;
  #cancelTimer: () => void = () => undefined;
  #cancelFull: (() => void) | undefined;
  #waiting: (() => void)[] = [];

  constructor(options: KernelLinkOptions) {
    this.#options = options;
  }

  /** The secret this connection was made with; undefined while there is none. */
  get secret(): Secret | undefined {
    return this.#welcomed ? this.#secret : undefined;
  }

  /** The kernel is behind with reading: what can wait for {@link drained} should. */
  get isFull(): boolean {
    return this.#cancelFull !== undefined;
  }

  /** Resolves when the kernel has read all that was sent, or when there is no link to wait for. */
  drained(): Promise<void> {
    if (!this.isFull) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  start(): void {
    this.#connect();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelTimer();
    this.#socket?.destroy();
  }

  /** Hangs up; the next connection follows as after any other loss. */
  drop(reason: string): void {
    this.#options.log.warn({ reason }, 'dropping the link to the kernel');
    this.#socket?.destroy();
  }

  /** Nothing while there is no welcomed connection: whoever watches says so again after the next welcome. */
  send(frame: LinkUpFrame): void {
    const socket = this.#socket;
    if (socket === undefined || socket.destroyed || !this.#welcomed) return;
    socket.write(encodeFrame(frame));
    if (socket.writableLength <= FULL_BYTES) return;
    this.#cancelFull ??= this.#options.clock.after(FULL_MS, () => this.drop('the kernel reads too slowly'));
    if (socket.writableLength > UNSENT_CAP_BYTES) this.drop('the kernel does not read');
  }

  #connect(): void {
    const { path, clock, log } = this.#options;
    try {
      const read = this.#options.readSecret();
      this.#secret = read === undefined ? undefined : new Secret(read);
    } catch (error) {
      log.error({ err: error }, 'the link secret cannot be read');
      this.#secret = undefined;
    }
    const secret = this.#secret;
    if (secret === undefined) {
      this.#retry();
      return;
    }
    const socket = connect({ path });
    this.#socket = socket;
    const decoder = new FrameDecoder();
    socket.on('connect', () => {
      const { gatewayId } = this.#options;
      socket.write(encodeFrame({ type: 'hello', v: LINK_VERSION, gatewayId, secret: secret.reveal() }));
    });
    this.#cancelTimer = clock.after(WELCOME_MS, () => this.drop('no welcome from the kernel'));
    socket.on('data', (bytes) => this.#read(socket, decoder, bytes));
    socket.on('drain', () => this.#drained());
    socket.on('error', (error) => log.debug({ err: error }, 'the link to the kernel failed'));
    socket.on('close', () => this.#closed());
  }

  #read(socket: Socket, decoder: FrameDecoder, bytes: Buffer): void {
    try {
      decoder.push(bytes, (frame) => {
        if (!socket.destroyed) this.#receive(parseLinkDownFrame(frame));
      });
    } catch (error) {
      // Whatever a kernel does wrong ends this link alone.
      if (!(error instanceof EnvelopeError)) this.#options.log.error({ err: error }, 'a frame failed');
      this.drop(error instanceof EnvelopeError ? error.message : 'an error of ours');
    }
  }

  #receive(frame: LinkDownFrame | undefined): void {
    if (frame === undefined) {
      this.drop('a malformed frame');
      return;
    }
    if (!('type' in frame) || frame.type !== 'welcome') {
      if (this.#welcomed) this.#options.onFrame(frame);
      else this.drop('a frame before the welcome');
      return;
    }
    if (this.#welcomed) {
      this.drop('a second welcome');
      return;
    }
    if (frame.v !== LINK_VERSION) {
      this.drop(`the kernel speaks link version ${frame.v}`);
      return;
    }
    this.#cancelTimer();
    this.#welcomed = true;
    this.#failures = 0;
    this.#options.onWelcome(frame);
  }

  #drained(): void {
    this.#cancelFull?.();
    this.#cancelFull = undefined;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #closed(): void {
    this.#cancelTimer();
    this.#socket = undefined;
    const wasWelcomed = this.#welcomed;
    this.#welcomed = false;
    if (wasWelcomed) this.#options.onDown();
    this.#drained();
    this.#retry();
  }

  #retry(): void {
    if (this.#stopped) return;
    const ceiling = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(this.#failures, 10));
    this.#failures += 1;
    const pause = this.#options.ids.fraction() * ceiling;
    this.#cancelTimer = this.#options.clock.after(pause, () => this.#connect());
  }
}
