import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { networkAddress } from '@dispatch/link';

/** Connections beyond those that may do something, so that the next ones can still be told why they may not. */
const TOLD_WHY = 100;

export interface ConnectionCap {
  /** Connections that may do something. */
  readonly most: number;
  /** Those of one address. `Infinity`: as many as all. */
  readonly perAddress: number;
  /** Whoever speaks for others is not counted as one. */
  readonly isProxy: (address: string) => boolean;
}

/**
 * Hangs up on more connections than these servers may have together, so that nobody uses up the file descriptors of the process, and on more than are one address's
 * share, so that nobody uses up the room of others without saying a word.
 */
export function capConnections(
  servers: readonly Server[],
  { most, perAddress, isProxy }: ConnectionCap,
): void {
  const open = new Map<Socket, string | undefined>();
  const byAddress = new Map<string, number>();
  // One for all sockets: most of them stay for as long as there is somebody.
  function forget(this: Socket): void {
    const address = open.get(this);
    open.delete(this);
    if (address === undefined) return;
    const left = (byAddress.get(address) ?? 1) - 1;
    if (left === 0) byAddress.delete(address);
    else byAddress.set(address, left);
  }
  const accept = (socket: Socket): void => {
    // A connection that begins again, as ignored upgrades do, is still one.
    if (open.has(socket)) return;
    const peer = socket.remoteAddress ?? '';
    const address =
      perAddress === Number.POSITIVE_INFINITY || isProxy(peer) ? undefined : networkAddress(peer);
    const beside = address === undefined ? 0 : (byAddress.get(address) ?? 0);
    if (open.size >= most + TOLD_WHY || beside >= perAddress + TOLD_WHY) {
      socket.destroy();
      return;
    }
    open.set(socket, address);
    if (address !== undefined) byAddress.set(address, beside + 1);
    socket.on('close', forget);
  };
  for (const server of servers) server.on('connection', accept);
}
