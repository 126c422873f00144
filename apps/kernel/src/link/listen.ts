import { chmodSync, rmSync } from 'node:fs';
import type { Server } from 'node:net';

/**
 * Listens on a Unix socket that only its owner may use. A file that is there is a leftover of a kernel that died: the caller
 * holds the lock of the data directory, so nobody listens on it.
 */
export async function listenOnSocket(server: Server, path: string): Promise<void> {
  rmSync(path, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });
  chmodSync(path, 0o600);
}

/** Accepts nothing more and resolves when the last connection has ended. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    // The error says that it was not listening: closed is what is wanted.
    server.close(() => resolve());
  });
}
