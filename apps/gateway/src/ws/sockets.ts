import type { Duplex } from 'node:stream';
import type { WsServerMessage } from '@dispatch/transport-contract';
import type { KernelState } from '../link/kernel.ts';
import { SharedFrame } from '../link/shared-frame.ts';
import type { Services } from '../services.ts';
import { Connection } from './connection.ts';
import type { GatewaySocket } from './gateway-socket.ts';
import { catalogFrame, helloFrame } from './hello.ts';
import { Inbox } from './inbox.ts';
import { receive } from './receive.ts';

/** All open sockets, of both ports. */
export class Sockets {
  readonly #services: Services;
  readonly #open = new Set<Connection>();
  readonly #waiting = new Set<() => void>();
  #epoch: string | undefined;

  constructor(services: Services) {
    this.#services = services;
    services.kernel.onState((state) => this.#kernelTurned(state));
    services.kernel.onCatalog(() => this.#broadcast(catalogFrame(services)));
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

  /** Takes over a socket that was upgraded, and the stream below it, for the tab it says it is. Only once the kernel has said who it is. */
  add(socket: GatewaySocket, stream: Duplex, tab?: string): void {
    const connection = new Connection(socket, stream, this.#services);
    this.#open.add(connection);
    socket.on('close', () => this.#remove(connection));
    const { kernel } = this.#services;
    new Inbox({
      socket,
      kernel,
      take: (data, isBinary) => receive(connection, this.#services, data, isBinary),
      onResumed: () => connection.heard(),
    });
    // Before the first frame: no two sockets of a tab are ever delivered to.
    if (tab !== undefined) this.#services.tabs.claim(connection, tab);
    connection.send(helloFrame(this.#services));
    connection.send(catalogFrame(this.#services));
    if (kernel.state === 'down') connection.send({ type: 'status', kernel: 'down' });
    connection.beginPresence();
  }

  /** Sends everybody away, to come back to another gateway or another epoch. */
  restartAll(reason: 'draining' | 'epoch-changed'): void {
    for (const connection of [...this.#open]) connection.restart(reason);
  }

  /** Resolves when no socket is open. */
  whenNone(): Promise<void> {
    if (this.#open.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.add(resolve));
  }

  #remove(connection: Connection): void {
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
      // What clients hold of another epoch may never have happened.
      if (isOtherEpoch) this.restartAll('epoch-changed');
    }
    this.#broadcast({ type: 'status', kernel: state });
  }

  #broadcast(message: WsServerMessage): void {
    const frame = new SharedFrame(message);
    for (const connection of [...this.#open]) connection.sendShared(frame);
  }
}
