import { createServer } from 'node:net';

/** Below the ports that systems give to outgoing connections, or one of those could take it before its server does. */
const LOWEST = 12_000;
const HIGHEST = 31_999;
const ATTEMPTS = 50;
/** Whoever was given one may not have opened it yet. */
const given = new Set<number>();

/** A TCP port of the loopback address that was free a moment ago, and that nobody of this process was given before. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST + 1));
    if (given.has(port)) continue;
    given.add(port);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port in ${ATTEMPTS} attempts`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
