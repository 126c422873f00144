import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';

/** A line to a gateway that can be cut, as when a laptop loses its network. */
export interface CuttableLine {
  /** Address to use instead of the gateway's. */
  readonly httpUrl: string;
  /** Breaks every connection; new ones fail until it is mended. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

/** Passes bytes on to the port of `httpUrl`, which may be closed and opened meanwhile. */
export async function startCuttableLine(httpUrl: string): Promise<CuttableLine> {
  const port = Number(new URL(httpUrl).port);
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer((near) => {
    if (isCut) {
      near.destroy();
      return;
    }
    const far = connect(port, '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.on('data', (bytes) => other.write(bytes));
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  const cut = (): void => {
    isCut = true;
    for (const socket of sockets) socket.destroy();
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    httpUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    mend: () => {
      isCut = false;
    },
    close: () => {
      cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
