import type { WsServerMessage } from '@dispatch/transport-contract';
import { Alarms } from '../alarms.ts';
import type { KernelState } from '../link/kernel.ts';
import { SharedFrame } from '../link/shared-frame.ts';
import type { Services } from '../services.ts';
import { Connection, type ConnectionHost, type OpenedSocket } from './connection.ts';
import { EndOfBurst } from './end-of-burst.ts';
import { EndOfTurn } from './end-of-turn.ts';
import type { HeartbeatParts } from './heartbeat.ts';
import { catalogFrame, helloFrame } from './hello.ts';
import type { Departures } from './outbox.ts';
import { receive } from './receive.ts';

/** Clients sent away in a second when the gateway drains. */
const DRAINED_PER_SECOND = 200;
const SHORTEST_DRAIN_MS = 200;
/** Leaves room for the farewells before a shutdown ends everything. */
const LONGEST_DRAIN_MS = 8_000;
/** When a client that was sent away comes back. */
const SOONEST_MS = 250;
const LATEST_MS = 1_750;

/** Milliseconds over which so many are sent away. */
export function drainWindow(count: number): number {
  const ms = (count / DRAINED_PER_SECOND) * 1_000;
  return Math.min(LONGEST_DRAIN_MS, Math.max(SHORTEST_DRAIN_MS, ms));
}

/** All open sockets, of both ports. */
export class Sockets implements ConnectionHost {
  readonly departures: Departures;
  readonly heartbeats: HeartbeatParts;
  readonly #services: Services;
  readonly #open = new Set<Connection>();
  readonly #waiting = new Set<() => void>();
  #epoch: string | undefined;

  constructor(services: Services) {
    this.#services = services;
    this.departures = { turn: new EndOfTurn(), burst: new EndOfBurst(services.clock) };
    this.heartbeats = { clock: services.clock, alarms: new Alarms(services.clock) };
    services.kernel.onState((state) => this.#kernelTurned(state));
    services.kernel.onCatalog(() => this.#tellCatalog());
  }

  get count(): number {
    return this.#open.size;
  }

  /** Bytes that wait for all of them together. */
  get unsentBytes(): number {
    let bytes = 0;
    for (const connection of this.#open) bytes += connection.unsentBytes;
    return bytes;
  }

  /** Takes over a socket that was upgraded, in the step in which its place in its user's stream was given. */
  add(opened: OpenedSocket, tab?: string): void {
    const { seat } = opened;
    const connection = new Connection(opened, this, this.#services);
    this.#open.add(connection);
    const { kernel } = this.#services;
    // Before the first frame: no two sockets of a tab are ever delivered to.
    if (tab !== undefined) this.#services.tabs.claim(connection, tab);
    const { principal } = connection;
    connection.send(helloFrame(principal, seat.greeting, this.#services));
    connection.send(catalogFrame(principal, this.#services));
    if (kernel.state === 'down') connection.send({ type: 'status', kernel: 'down' });
    connection.beginPresence();
    seat.begin(connection);
  }

  /**
   * Sends everybody away to another gateway, one after the other and each to come back at a moment of its own, so that not all are there at
   * once.
   */
  drain(): void {
    const { clock, ids } = this.#services;
    const leaving = [...this.#open];
    const windowMs = drainWindow(leaving.length);
    for (const [index, connection] of leaving.entries()) {
      const at = ((index + ids.fraction()) / leaving.length) * windowMs;
      clock.after(at, () => connection.drain(Math.round(SOONEST_MS + ids.fraction() * LATEST_MS)));
    }
  }

  /** What clients hold of another epoch may never have happened. */
  #restartAll(): void {
    for (const connection of [...this.#open]) connection.restart('epoch-changed');
  }

  /** Resolves when no socket is open. */
  whenNone(): Promise<void> {
    if (this.#open.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.add(resolve));
  }

  take(connection: Connection, data: Buffer, isBinary: boolean): void {
    receive(connection, this.#services, data, isBinary);
  }

  gone(connection: Connection): void {
    this.#open.delete(connection);
    this.#services.tabs.release(connection);
    if (this.#open.size > 0) return;
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }

  #kernelTurned(state: KernelState): void {
    const { welcome } = this.#services.kernel;
    if (state === 'up' && welcome !== undefined) {
      const isOtherEpoch = this.#epoch !== undefined && this.#epoch !== welcome.epoch;
      this.#epoch = welcome.epoch;
      if (isOtherEpoch) this.#restartAll();
    }
    this.#broadcast({ type: 'status', kernel: state });
  }

  #tellCatalog(): void {
    for (const connection of [...this.#open]) {
      connection.send(catalogFrame(connection.principal, this.#services));
    }
  }

  #broadcast(message: WsServerMessage): void {
    const frame = new SharedFrame(message);
    for (const connection of [...this.#open]) connection.sendShared(frame);
  }
}
