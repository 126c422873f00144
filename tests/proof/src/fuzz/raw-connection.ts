import { connect, type NetConnectOpts, type Socket } from 'node:net';

/** A connection that sends exactly the bytes it is given and keeps what comes back. */
export interface RawConnection {
  readonly socket: Socket;
  /** Resolves when the connection is over, however it ended. */
  readonly closed: Promise<void>;
  /** Everything received so far. */
  received(): Buffer;
  /** Waits until the received bytes satisfy, the connection is over, or the time is up; true for the first. */
  until(satisfied: (received: Buffer) => boolean, ms: number): Promise<boolean>;
  /** True: it was over within the time. */
  closedWithin(ms: number): Promise<boolean>;
}

/** Opens it; rejects when nobody listens there. */
export async function openRaw(where: NetConnectOpts): Promise<RawConnection> {
  const socket = connect(where);
  const chunks: Buffer[] = [];
  let joined = Buffer.alloc(0);
  let wake: () => void = () => undefined;
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    wake();
  });
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => {
      resolve();
      wake();
    });
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  socket.on('error', () => undefined);
  const received = (): Buffer => {
    if (chunks.length > 0) joined = Buffer.concat([joined, ...chunks.splice(0)]);
    return joined;
  };
  const until = async (satisfied: (bytes: Buffer) => boolean, ms: number): Promise<boolean> => {
    const deadline = performance.now() + ms;
    for (;;) {
      const left = deadline - performance.now();
      if (satisfied(received())) return true;
      if (left <= 0 || socket.closed) return false;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };
  return {
    socket,
    closed,
    received,
    until,
    closedWithin: async (ms) => {
      await until(() => socket.closed, ms);
      return socket.closed;
    },
  };
}

/** Writes unless the other side has hung up already. */
export function writeIfOpen(socket: Socket, bytes: Buffer | string): void {
  if (socket.writable) socket.write(bytes);
}
