import type { Duplex } from 'node:stream';
import type { Principal } from '@dispatch/link';
import type { WsServerMessage } from '@dispatch/transport-contract';
import type { SharedFrame } from '../link/shared-frame.ts';
import { refuse } from '../refusal.ts';
import type { Services } from '../services.ts';
import { ChatWatches, WATCH_CAP } from './chat-watches.ts';
import { errorFrame } from './error-frame.ts';
import type { GatewaySocket } from './gateway-socket.ts';
import { Heartbeat } from './heartbeat.ts';
import { Outbox } from './outbox.ts';
import { SurfaceWatches } from './surface-watches.ts';

/** Close codes of ours that mean: come back. */
const CLOSE_RESTART = 1012;
const CLOSE_TOO_SLOW = 1013;
/** Means: stay away; another socket has taken this one's place. */
const CLOSE_REPLACED = 4409;
const FRAME_TOO_LARGE = 1009;

/** One socket: what it watches, what it is sent, and whether it still lives. */
export class Connection {
  readonly principal: Principal;
  readonly chats: ChatWatches;
  readonly surfaces: SurfaceWatches;
  /** Frames of this client whose answer is not there yet. */
  pending = 0;
  readonly #services: Services;
  readonly #socket: GatewaySocket;
  readonly #outbox: Outbox;
  readonly #heartbeat: Heartbeat;
  readonly #deprecated = new Set<string>();
  #endPresence: () => void = () => undefined;

  /** `stream` is what the socket writes to. */
  constructor(socket: GatewaySocket, stream: Duplex, services: Services) {
    const { clock, ids, kernel, metrics, principal } = services;
    this.principal = principal;
    this.#services = services;
    this.#socket = socket;
    this.#outbox = new Outbox({
      socket,
      stream,
      clock,
      onWritten: () => metrics.delivered('websocket'),
      onFull: () => {
        metrics.slowReader('websocket');
        this.#sendAway(CLOSE_TOO_SLOW, 'too-slow');
      },
    });
    const deliver = (frame: SharedFrame): void => this.sendShared(frame);
    this.chats = new ChatWatches(kernel, principal, deliver);
    this.surfaces = new SurfaceWatches({ kernel, clock, principal, deliver });
    this.#heartbeat = new Heartbeat({
      clock,
      fraction: ids.fraction(),
      beat: () => this.#beat(),
      onDead: () => {
        metrics.heartbeatDeath();
        socket.terminate();
      },
    });
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

  /** Bytes handed over and not yet taken by the system. */
  get unsentBytes(): number {
    return this.#socket.bufferedAmount;
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
    this.#services.metrics.answered(message);
    this.#outbox.write(JSON.stringify(message));
  }

  /** A frame that others get too. */
  sendShared(frame: SharedFrame): void {
    // Nearly all are these, and say nothing that is counted.
    if (frame.message.type !== 'chat.delta') this.#services.metrics.answered(frame.message);
    this.#outbox.write(frame.text);
  }

  /** The client is to come back, to another gateway or another epoch; `reason` is told in `bye`. */
  restart(reason: string): void {
    this.#sendAway(CLOSE_RESTART, reason);
  }

  /** The same tab has another socket. */
  replaced(): void {
    this.#services.metrics.replaced();
    this.#sendAway(CLOSE_REPLACED, 'replaced', false);
  }

  /** Begins to tell the kernel that this user is there, and the client who else is. */
  beginPresence(): void {
    const { kernel } = this.#services;
    const { userId } = this.principal;
    this.#endPresence = kernel.open({ userId, deliver: (frame) => this.sendShared(frame) });
  }

  /** Notes, once for each kind, that the client uses what will go. */
  deprecated(what: string, requestId: string): void {
    if (this.#deprecated.has(what)) return;
    this.#deprecated.add(what);
    this.#services.log.warn({ deprecated: what, requestId }, 'a client uses what will be removed');
  }

  #sendAway(code: number, reason: string, resume = true): void {
    this.#services.log.debug({ code, reason }, 'sending a socket away');
    this.#endAll();
    const bye: WsServerMessage = { type: 'bye', code: reason, resume };
    this.#outbox.close(code, JSON.stringify(bye));
  }

  #beat(): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#socket.ping();
    this.send({ type: 'ping', t: this.#services.clock.wall(), head: 0 });
  }

  #closed(): void {
    this.#heartbeat.stop();
    this.#endAll();
  }

  /** Nothing is watched any more, now or later. */
  #endAll(): void {
    this.chats.closeAll();
    this.surfaces.closeAll();
    this.#endPresence();
  }
}
