import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { Random } from '../random.ts';

/** What a line does to the bytes that pass. */
export type LineFault =
  /** Every byte is a write of its own. */
  | 'one-byte'
  /** Bytes of several writes arrive together, late. */
  | 'lumps'
  /** The connection is reset somewhere in the middle of what the server sends. */
  | 'reset'
  /** From some moment on nothing passes either way, and nobody is told. */
  | 'half-open'
  /** The same, but only from the client to the server. */
  | 'deaf'
  /** Nothing. */
  | 'none';

/** A network between clients and a gateway that is as bad as it is asked to be. */
export interface BadNetwork {
  readonly wsUrl: string;
  /** For connections from now on. */
  fault: LineFault;
  /** Connections that were reset or fell silent. */
  readonly broken: number;
  close(): Promise<void>;
}

/** Bytes that pass before a line breaks. */
const SOONEST_BREAK = 600;
const LATEST_BREAK = 10_000;
const LUMP_MS = 40;

export async function startBadNetwork(port: number, random: Random): Promise<BadNetwork> {
  const sockets = new Set<Socket>();
  const network = { wsUrl: '', fault: 'none' as LineFault, broken: 0 };
  const server = createServer((near) => {
    const far = connect({ port, host: '127.0.0.1', noDelay: true });
    near.setNoDelay(true);
    for (const one of [near, far]) {
      sockets.add(one);
      one.on('error', () => undefined);
      one.on('close', () => sockets.delete(one));
    }
    const line = new Line(network.fault, near, far, random, () => {
      network.broken += 1;
    });
    far.on('data', (bytes) => line.down(bytes));
    near.on('data', (bytes) => line.up(bytes));
    // Who is cut off hears nothing of the other's end.
    far.on('close', () => line.isSilent || near.destroy());
    near.on('close', () => line.isSilent || far.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  network.wsUrl = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(network, {
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

/** One connection and what befalls it. */
class Line {
  isSilent = false;
  readonly #fault: LineFault;
  readonly #near: Socket;
  readonly #far: Socket;
  readonly #breaksAt: number;
  readonly #onBroken: () => void;
  #passed = 0;
  #lump: Buffer[] = [];

  constructor(fault: LineFault, near: Socket, far: Socket, random: Random, onBroken: () => void) {
    this.#fault = fault;
    this.#near = near;
    this.#far = far;
    this.#breaksAt = random.integer(SOONEST_BREAK, LATEST_BREAK);
    this.#onBroken = onBroken;
  }

  up(bytes: Buffer): void {
    if (this.isSilent) return;
    if (this.#fault === 'one-byte') for (const byte of bytes) this.#far.write(Buffer.from([byte]));
    else this.#far.write(bytes);
  }

  down(bytes: Buffer): void {
    if (this.isSilent && this.#fault !== 'deaf') return;
    const before = this.#passed;
    this.#passed += bytes.length;
    const breaks = ['reset', 'half-open', 'deaf'].includes(this.#fault) && this.#passed >= this.#breaksAt;
    const passing = breaks ? bytes.subarray(0, Math.max(0, this.#breaksAt - before)) : bytes;
    if (this.#fault === 'one-byte') for (const byte of passing) this.#near.write(Buffer.from([byte]));
    else if (this.#fault === 'lumps') this.#collect(passing);
    else if (this.#fault === 'deaf') this.#near.write(bytes);
    else this.#near.write(passing);
    if (breaks && !this.isSilent) this.#break();
  }

  #break(): void {
    this.#onBroken();
    if (this.#fault === 'reset') {
      this.#near.resetAndDestroy();
      this.#far.resetAndDestroy();
    } else this.isSilent = true;
  }

  #collect(bytes: Buffer): void {
    this.#lump.push(bytes);
    if (this.#lump.length > 1) return;
    setTimeout(() => {
      this.#near.write(Buffer.concat(this.#lump));
      this.#lump = [];
    }, LUMP_MS);
  }
}
