import type { Duplex } from 'node:stream';
import type { WsServerMessage } from '@dispatch/transport-contract';
import type { KernelState } from '../link/kernel.ts';
import { SharedFrame } from '../link/shared-frame.ts';
import type { Services } from '../services.ts';
import type { UserSeat } from '../user/user-seat.ts';
import { Connection } from './connection.ts';
import { EndOfTurn } from './end-of-turn.ts';
import type { GatewaySocket } from './gateway-socket.ts';
import { catalogFrame, helloFrame } from './hello.ts';
import { Inbox } from './inbox.ts';
import { receive } from './receive.ts';

/** All open sockets, of both ports. */
export class Sockets {
  readonly #services: Services;
  readonly #open = new Set<Connection>();
  readonly #endOfTurn = new EndOfTurn();
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

  /** Takes over a socket that was upgraded, the stream below it, and its place in its user's stream, in the step in which that was given. */
  add(socket: GatewaySocket, stream: Duplex, seat: UserSeat): void {
    const connection = new Connection({ socket, stream, seat, endOfTurn: this.#endOfTurn }, this.#services);
    this.#open.add(connection);
    socket.on('close', () => this.#remove(connection));
    const { kernel } = this.#services;
    new Inbox({
      socket,
      kernel,
      owner: {
        take: (data, isBinary) => receive(connection, this.#services, data, isBinary),
        heard: () => connection.heard(),
      },
    });
    connection.send(helloFrame(this.#services, seat.greeting));
    connection.send(catalogFrame(this.#services));
    if (kernel.state === 'down') connection.send({ type: 'status', kernel: 'down' });
    seat.begin(connection);
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
