import type { Duplex } from 'node:stream';
import type { User } from '@dispatch/collab-contract';
import type { Principal } from '@dispatch/link';
import {
  CLOSE_CODES,
  type CloseCode,
  SERVER_FRAMES,
  type SessionKind,
  type WsServerMessage,
} from '@dispatch/transport-contract';
import type { KnownCaller } from '../auth/authenticator.ts';
import { hasScope } from '../auth/caller.ts';
import type { CredentialHolder, CredentialWatch } from '../auth/credential-watches.ts';
import { MessageLimit } from '../limits/message-limit.ts';
import type { Presence, PresenceReader } from '../link/presence-table.ts';
import type { SharedFrame } from '../link/shared-frame.ts';
import { refuse } from '../refusal.ts';
import type { Services } from '../services.ts';
import type { UserFrame } from '../user/user-frame.ts';
import type { UserReader, UserSeat } from '../user/user-seat.ts';
import { ChatWatches, WATCH_CAP } from './chat-watches.ts';
import { errorFrame } from './error-frame.ts';
import type { GatewaySocket, SocketOwner } from './gateway-socket.ts';
import { Heartbeat, type HeartbeatOwner, type HeartbeatParts } from './heartbeat.ts';
import { Inbox, type InboxOwner } from './inbox.ts';
import { type Departures, Outbox, type OutboxOwner } from './outbox.ts';
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
  /** Its place in its user's stream. */
  readonly seat: UserSeat;
}

/** What a connection shares with all others. */
export interface ConnectionHost {
  readonly departures: Departures;
  readonly heartbeats: HeartbeatParts;
  /** Carries out one message of it. */
  take(connection: Connection, data: Buffer, isBinary: boolean): void;
  /** Its socket is closed. */
  gone(connection: Connection): void;
}

/**
 * One socket: what it watches, what it is sent, and whether it still lives. Its parts call its own methods: functions made for them would be as many more for every
 * socket there is.
 */
export class Connection
  implements
    UserReader,
    SocketOwner,
    InboxOwner,
    OutboxOwner,
    HeartbeatOwner,
    CredentialHolder,
    PresenceReader
{
  readonly principal: Principal;
  readonly user: User;
  /** What the user proved who they are with. */
  readonly kind: SessionKind;
  /** Epoch milliseconds at which that ends by itself. Null: never. */
  readonly expiresAt: number | null;
  /** Frames of this client whose answer is not there yet. */
  pending = 0;
  readonly #host: ConnectionHost;
  readonly #services: Services;
  readonly #socket: GatewaySocket;
  readonly #inbox: Inbox;
  readonly #outbox: Outbox;
  readonly #heartbeat: Heartbeat;
  readonly #seat: UserSeat;
  readonly #mayRead: boolean;
  readonly #credential: CredentialWatch;
  /** Made when the first is asked for, as are the next three: most sockets wait most of the time. */
  #messages: MessageLimit | undefined;
  #typing: MessageLimit | undefined;
  #chats: ChatWatches | undefined;
  #surfaces: SurfaceWatches | undefined;
  #watchesNoMore = false;
  /** True: it was sent away for what it did or is, and nothing it says counts. */
  #isBarred = false;
  #deprecated: Set<string> | undefined;
  #presence: Presence | undefined;

  constructor({ socket, stream, known, seat }: OpenedSocket, host: ConnectionHost, services: Services) {
    const { kernel, clock, ids, unsent } = services;
    const { caller } = known;
    const { principal } = caller;
    this.principal = principal;
    this.user = caller.user;
    this.kind = caller.kind;
    this.expiresAt = caller.expiresAt;
    this.#host = host;
    this.#services = services;
    this.#socket = socket;
    this.#seat = seat;
    this.#mayRead = hasScope(principal, SERVER_FRAMES['user.event'].scope);
    this.#inbox = new Inbox({ socket, kernel, owner: this });
    const { departures, heartbeats } = host;
    this.#outbox = new Outbox({ socket, stream, clock, departures, budget: unsent, owner: this });
    this.#heartbeat = new Heartbeat(heartbeats, this, ids.fraction());
    this.#credential = services.credentials.watch(known, this);
    socket.belongTo(this);
  }

  /** What this client may still send. */
  get messages(): MessageLimit {
    this.#messages ??= new MessageLimit(this.#services.limits, this.#services.clock);
    return this.#messages;
  }

  /** The same for what it says about typing, which never takes anything from the rest. */
  get typing(): MessageLimit {
    this.#typing ??= new MessageLimit(this.#services.limits, this.#services.clock);
    return this.#typing;
  }

  /** The conversations it watches. */
  get chats(): ChatWatches {
    if (this.#chats === undefined) {
      const { kernel } = this.#services;
      this.#chats = new ChatWatches(kernel, this.principal, (frame) => this.sendShared(frame));
      if (this.#watchesNoMore) this.#chats.closeAll();
    }
    return this.#chats;
  }

  /** The surfaces it is subscribed to. */
  get surfaces(): SurfaceWatches {
    if (this.#surfaces === undefined) {
      const { kernel, clock } = this.#services;
      const deliver = (frame: SharedFrame): void => this.sendShared(frame);
      this.#surfaces = new SurfaceWatches({ kernel, clock, principal: this.principal, deliver });
      if (this.#watchesNoMore) this.#surfaces.closeAll();
    }
    return this.#surfaces;
  }

  /** Bytes handed over and not yet taken by the system. */
  get unsentBytes(): number {
    return this.#socket.bufferedAmount;
  }

  /** True: nothing more may be watched. */
  get watchesMost(): boolean {
    return (this.#chats?.size ?? 0) + (this.#surfaces?.size ?? 0) >= WATCH_CAP;
  }

  /** The client lives, or we were the ones who did not listen. */
  heard(): void {
    this.#heartbeat.heard();
  }

  send(message: WsServerMessage): void {
    this.#services.metrics.answered(message);
    this.#outbox.write(JSON.stringify(message));
  }

  /** A frame that others get too. */
  sendShared(frame: SharedFrame): void {
    // Nearly all are these, and say nothing that is counted.
    if (frame.message.type !== 'chat.delta') this.#services.metrics.answered(frame.message);
    this.#outbox.write(frame.text);
  }

  /** The next event of its user; nothing to who may not read conversations. */
  deliver(frame: UserFrame, seq: number): void {
    if (this.#mayRead) this.#outbox.writeNumbered(frame, seq);
  }

  /** From now on several frames may leave in one message. */
  batch(): void {
    this.#outbox.batch();
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
    this.#isBarred = true;
    const retryAfterMs = Math.round(FLOODED_MS * (1 + this.#services.ids.fraction()));
    this.#sendAway(CLOSE_CODES.tryAgainLater, 'rate-limited', retryAfterMs);
  }

  /** The same tab has another socket. */
  replaced(): void {
    this.#services.metrics.replaced();
    const { replaced } = CLOSE_CODES;
    this.#sendAway(replaced, replaced.name);
  }

  /** Begins to tell the kernel that this user is there, and the client who else is. */
  beginPresence(): void {
    this.#presence = this.#services.kernel.open(this.principal.userId, this);
  }

  /** Notes, once for each kind, that the client uses what will go. */
  deprecated(what: string, requestId: string): void {
    this.#deprecated ??= new Set();
    if (this.#deprecated.has(what)) return;
    this.#deprecated.add(what);
    this.#services.log.warn({ deprecated: what, requestId }, 'a client uses what will be removed');
  }

  message(data: Buffer, isBinary: boolean): void {
    this.heard();
    this.#inbox.push(data, isBinary);
  }

  take(data: Buffer, isBinary: boolean): void {
    if (!this.#isBarred) this.#host.take(this, data, isBinary);
  }

  written(): void {
    this.#services.metrics.delivered('websocket');
  }

  full(): void {
    this.#services.metrics.slowReader('websocket');
    this.#sendAway(CLOSE_CODES.tryAgainLater, 'too-slow');
  }

  beat(): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#socket.ping();
    this.send({ type: 'ping', t: this.#services.clock.wall(), head: this.#seat.at });
  }

  died(): void {
    this.#services.metrics.heartbeatDeath();
    this.#socket.terminate();
  }

  signedOut(): void {
    this.#isBarred = true;
    const { signedOut } = CLOSE_CODES;
    this.#sendAway(signedOut, signedOut.name);
  }

  brokeProtocol(code: number): void {
    if (code !== FRAME_TOO_LARGE) return;
    const refusal = refuse('frame-too-large', 'The message is over the limit of the hello frame.');
    this.send(errorFrame({ ...refusal, requestId: this.#services.ids.mint('req') }));
  }

  failed(error: Error): void {
    this.#services.log.debug({ err: error }, 'a socket failed');
  }

  closed(): void {
    this.#credential.stop();
    this.#heartbeat.stop();
    this.#seat.leave();
    this.#inbox.stop();
    this.#outbox.stop();
    this.#endAll();
    this.#host.gone(this);
  }

  #sendAway({ code, resume }: CloseCode, reason: string, retryAfterMs?: number): void {
    this.#services.log.debug({ code, reason }, 'sending a socket away');
    this.#endAll();
    const bye: WsServerMessage = {
      type: 'bye',
      code: reason,
      resume,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    };
    this.#outbox.close(code, JSON.stringify(bye));
  }

  /** Nothing is watched any more, now or later. */
  #endAll(): void {
    this.#watchesNoMore = true;
    this.#chats?.closeAll();
    this.#surfaces?.closeAll();
    this.#presence?.close();
  }
}
