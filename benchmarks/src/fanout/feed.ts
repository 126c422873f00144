import { rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { encodeFrame } from '@dispatch/link';

/** The way by which a measured server is told what to deliver: a Unix socket with the frames of events.sock, as the kernel's is. */
export interface Feed {
  readonly path: string;
  write(frame: object): void;
  close(): void;
}

/** Listens on this path; the server comes to it. */
export async function openFeed(path: string): Promise<Feed & { readonly connected: Promise<void> }> {
  let socket: Socket | undefined;
  let onConnected: () => void = () => undefined;
  const connected = new Promise<void>((resolve) => {
    onConnected = resolve;
  });
  const server = createServer((opened) => {
    socket = opened;
    opened.on('error', () => undefined);
    onConnected();
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    path,
    connected,
    write: (frame) => void socket?.write(encodeFrame(frame)),
    close() {
      socket?.destroy();
      server.close();
      rmSync(path, { force: true });
    },
  };
}
