import type { Duplex } from 'node:stream';
import type { User } from '@dispatch/collab-contract';
import type { Principal } from '@dispatch/link';
import {
  CLOSE_CODES,
  type CloseCode,
  type SessionKind,
  type WsServerMessage,
} from '@dispatch/transport-contract';
import type { KnownCaller } from '../auth/authenticator.ts';
import { MessageLimit } from '../limits/message-limit.ts';
import type { SharedFrame } from '../link/shared-frame.ts';
import { refuse } from '../refusal.ts';
import type { Services } from '../services.ts';
import { ChatWatches, WATCH_CAP } from './chat-watches.ts';
import { errorFrame } from './error-frame.ts';
import type { GatewaySocket } from './gateway-socket.ts';
import { Heartbeat } from './heartbeat.ts';
import { Outbox } from './outbox.ts';
import { SurfaceWatches } from './surface-watches.ts';

/** Close code of the protocol. */
const FRAME_TOO_LARGE = 1009;
/** How long, at least, a client stays away that sent too much. */
const FLOODED_MS = 10_000;

/** A socket whose handshake is done. */
export interface OpenedSocket {
  readonly socket: GatewaySocket;
  /** What the socket writes to. */
  readonly stream: Duplex;
  /** Who showed their credentials in the handshake. */
  readonly known: KnownCaller;
}

/** One socket: what it watches, what it is sent, and whether it still lives. */
export class Connection {
  readonly principal: Principal;
  readonly user: User;
  /** What the user proved who they are with. */
  readonly kind: SessionKind;
  /** Epoch milliseconds at which that ends by itself. Null: never. */
  readonly expiresAt: number | null;
  readonly chats: ChatWatches;
  readonly surfaces: SurfaceWatches;
  /** What this client may still send. */
  readonly messages: MessageLimit;
  /** Frames of this client whose answer is not there yet. */
  pending = 0;
  readonly #services: Services;
  readonly #socket: GatewaySocket;
  readonly #outbox: Outbox;
  readonly #heartbeat: Heartbeat;
  readonly #forgetCredential: () => void;

  constructor({ socket, stream, known }: OpenedSocket, services: Services) {
    const { clock, ids, kernel, unsent, limits } = services;
    const { caller } = known;
    const { principal } = caller;
    this.principal = principal;
    this.user = caller.user;
    this.kind = caller.kind;
    this.expiresAt = caller.expiresAt;
    this.#services = services;
    this.messages = new MessageLimit(limits, clock);
    this.#socket = socket;
    this.#outbox = new Outbox({
      socket,
      stream,
      clock,
      budget: unsent,
      onFull: () => this.#sendAway(CLOSE_CODES.tryAgainLater, 'too-slow'),
    });
    const deliver = (frame: SharedFrame): void => this.sendShared(frame);
    this.chats = new ChatWatches(kernel, principal, deliver);
    this.surfaces = new SurfaceWatches({ kernel, clock, principal, deliver });
    this.#heartbeat = new Heartbeat({
      clock,
      fraction: ids.fraction(),
      beat: () => this.#beat(),
      onDead: () => socket.terminate(),
    });
    const { signedOut } = CLOSE_CODES;
    this.#forgetCredential = services.credentials.watch(known, () =>
      this.#sendAway(signedOut, signedOut.name),
    );
    const heard = (): void => this.heard();
    socket.on('message', heard).on('ping', heard).on('pong', heard);
    socket.on('error', (error) => services.log.debug({ err: error }, 'a socket failed'));
    socket.on('close', () => this.#closed());
    socket.onProtocolError = (code) => {
      if (code !== FRAME_TOO_LARGE) return;
      const refusal = refuse('frame-too-large', 'The message is over the limit of the hello frame.');
      this.send(errorFrame({ ...refusal, requestId: services.ids.mint('req') }));
    };
  }

  /** True: nothing more may be watched. */
  get watchesMost(): boolean {
    return this.chats.size + this.surfaces.size >= WATCH_CAP;
  }

  /** The client lives, or we were the ones who did not listen. */
  heard(): void {
    this.#heartbeat.heard();
  }

  send(message: WsServerMessage): void {
    this.#outbox.write(JSON.stringify(message));
  }

  /** A frame that others get too. */
  sendShared(frame: SharedFrame): void {
    this.#outbox.write(frame.text);
  }

  /** The client is to come back, to another gateway or another epoch; `reason` is told in `bye`. */
  restart(reason: string): void {
    this.#sendAway(CLOSE_CODES.serviceRestart, reason);
  }

  /** The client is to come back at a moment of its own, since this gateway goes away. */
  drain(retryAfterMs: number): void {
    this.#sendAway(CLOSE_CODES.serviceRestart, 'draining', retryAfterMs);
  }

  /** The client sends more than it may, was told, and goes on. */
  flooded(): void {
    const retryAfterMs = Math.round(FLOODED_MS * (1 + this.#services.ids.fraction()));
    this.#sendAway(CLOSE_CODES.tryAgainLater, 'rate-limited', retryAfterMs);
  }

  #sendAway({ code, resume }: CloseCode, reason: string, retryAfterMs?: number): void {
    this.#services.log.debug({ code, reason }, 'sending a socket away');
    this.chats.closeAll();
    this.surfaces.closeAll();
    const bye: WsServerMessage = {
      type: 'bye',
      code: reason,
      resume,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    };
    this.#outbox.close(code, JSON.stringify(bye));
  }

  #beat(): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#socket.ping();
    this.send({ type: 'ping', t: this.#services.clock.wall(), head: 0 });
  }

  #closed(): void {
    this.#forgetCredential();
    this.#heartbeat.stop();
    this.chats.closeAll();
    this.surfaces.closeAll();
  }
}
