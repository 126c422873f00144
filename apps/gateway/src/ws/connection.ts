import type { Duplex } from 'node:stream';
import type { Principal } from '@dispatch/link';
import type { WsServerMessage } from '@dispatch/transport-contract';
import type { SharedFrame } from '../link/shared-frame.ts';
import { refuse } from '../refusal.ts';
import type { Services } from '../services.ts';
import type { UserFrame } from '../user/user-frame.ts';
import type { UserReader, UserSeat } from '../user/user-seat.ts';
import { ChatWatches, WATCH_CAP } from './chat-watches.ts';
import type { EndOfTurn } from './end-of-turn.ts';
import { errorFrame } from './error-frame.ts';
import type { GatewaySocket } from './gateway-socket.ts';
import { Heartbeat } from './heartbeat.ts';
import { Outbox } from './outbox.ts';
import { SurfaceWatches } from './surface-watches.ts';

/** Close codes of ours. Both mean: come back. */
const CLOSE_RESTART = 1012;
const CLOSE_TOO_SLOW = 1013;
const FRAME_TOO_LARGE = 1009;

/** One socket as it was upgraded. */
export interface ConnectionParts {
  readonly socket: GatewaySocket;
  /** What the socket writes to. */
  readonly stream: Duplex;
  /** Its place in its user's stream. */
  readonly seat: UserSeat;
  readonly endOfTurn: EndOfTurn;
}

/** One socket: what it watches, what it is sent, and whether it still lives. */
export class Connection implements UserReader {
  readonly principal: Principal;
  /** Frames of this client whose answer is not there yet. */
  pending = 0;
  readonly #services: Services;
  readonly #socket: GatewaySocket;
  readonly #outbox: Outbox;
  readonly #heartbeat: Heartbeat;
  readonly #seat: UserSeat;
  /** Made when the first is asked for: most sockets wait most of the time. */
  #chats: ChatWatches | undefined;
  #surfaces: SurfaceWatches | undefined;
  #watchesNoMore = false;

  constructor({ socket, stream, seat, endOfTurn }: ConnectionParts, services: Services) {
    const { clock, ids, principal } = services;
    this.principal = principal;
    this.#services = services;
    this.#socket = socket;
    this.#seat = seat;
    this.#outbox = new Outbox({
      socket,
      stream,
      clock,
      endOfTurn,
      onFull: () => this.#sendAway(CLOSE_TOO_SLOW, 'too-slow'),
    });
    this.#heartbeat = new Heartbeat({
      clock,
      fraction: ids.fraction(),
      beat: () => this.#beat(),
      onDead: () => socket.terminate(),
    });
    const heard = (): void => this.heard();
    socket.on('ping', heard).on('pong', heard);
    socket.on('error', (error) => services.log.debug({ err: error }, 'a socket failed'));
    socket.on('close', () => this.#closed());
    socket.onProtocolError = (code) => {
      if (code !== FRAME_TOO_LARGE) return;
      const refusal = refuse('frame-too-large', 'The message is over the limit of the hello frame.');
      this.send(errorFrame({ ...refusal, requestId: services.ids.mint('req') }));
    };
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

  /** True: nothing more may be watched. */
  get watchesMost(): boolean {
    return (this.#chats?.size ?? 0) + (this.#surfaces?.size ?? 0) >= WATCH_CAP;
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

  /** The next event of its user. */
  deliver(frame: UserFrame, seq: number): void {
    this.#outbox.writeNumbered(frame, seq);
  }

  /** From now on several frames may leave in one message. */
  batch(): void {
    this.#outbox.batch();
  }

  /** The client is to come back, to another gateway or another epoch; `reason` is told in `bye`. */
  restart(reason: string): void {
    this.#sendAway(CLOSE_RESTART, reason);
  }

  #sendAway(code: number, reason: string): void {
    this.#services.log.debug({ code, reason }, 'sending a socket away');
    this.#watchNoMore();
    const bye: WsServerMessage = { type: 'bye', code: reason, resume: true };
    this.#outbox.close(code, JSON.stringify(bye));
  }

  #beat(): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#socket.ping();
    this.send({ type: 'ping', t: this.#services.clock.wall(), head: this.#seat.at });
  }

  #closed(): void {
    this.#heartbeat.stop();
    this.#seat.leave();
    this.#outbox.stop();
    this.#watchNoMore();
  }

  #watchNoMore(): void {
    this.#watchesNoMore = true;
    this.#chats?.closeAll();
    this.#surfaces?.closeAll();
  }
}
