import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CountingSocket } from '@dispatch/tests-processes';
import { openFeed } from './feed.ts';

/** Something that brings one event to many users, each on a socket of their own. */
export interface FanoutServer {
  readonly name: string;
  readonly pid: number;
  /** Where the user with this number connects, and with which headers. */
  upgradeOf(user: number): { readonly url: string; readonly headers?: Readonly<Record<string, string>> };
  /** Whether this message says that what is published from now on comes. Absent: an open socket is enough. */
  isReady?(payload: Buffer): boolean;
  /** Events in this message. `socket` may be answered, as a handshake or a ping asks for. */
  deliveriesIn(payload: Buffer, socket: CountingSocket): number;
  /** Brings one event to so many users, from the first on. */
  publish(event: object, users: number): void;
  /** Lets go of what nobody holds. */
  collect(): Promise<void>;
  stop(): Promise<void>;
}

/** Preloaded, it lets the collector be called by a signal, so that memory is what is held and not what lies about. */
export const COLLECTING: string = `--import=${fileURLToPath(new URL('./collect-on-signal.mjs', import.meta.url))}`;

export async function collectIn(child: ChildProcess): Promise<void> {
  child.kill('SIGUSR2');
  await new Promise((resolve) => setTimeout(resolve, 500));
}

const one = (payload: Buffer, marker: string) => (payload.indexOf(marker) >= 0 ? 1 : 0);

/** `ws` and nothing else: one text for all, made once. The number in it is the same for everybody. */
export const startRawWs = (): Promise<FanoutServer> =>
  startPeer('raw ws', new URL('./raw-ws-process.ts', import.meta.url), (url) => ({
    upgradeOf: () => ({ url: `${url}/` }),
    deliveriesIn: (payload) => one(payload, '"user.event"'),
  }));

/** Socket.IO with connection state recovery, one emit a user. */
export const startSocketIo = (): Promise<FanoutServer> =>
  startPeer('Socket.IO', new URL('./socket-io-process.ts', import.meta.url), (url) => ({
    upgradeOf: (user) => ({ url: `${url}/socket.io/?EIO=4&transport=websocket&user=u${user}` }),
    isReady: (payload) => payload[0] === 0x34 && payload[1] === 0x30,
    deliveriesIn(payload, socket) {
      const first = payload[0];
      // Engine.IO: 0 opens, 2 is a ping; Socket.IO: 40 connects, 42 is an event.
      if (first === 0x30) socket.send('40');
      else if (first === 0x32) socket.send('3');
      else return payload[1] === 0x32 ? 1 : 0;
      return 0;
    },
  }));

async function startPeer(
  name: string,
  script: URL,
  protocol: (url: string) => Pick<FanoutServer, 'upgradeOf' | 'isReady' | 'deliveriesIn'>,
): Promise<FanoutServer> {
  const directory = mkdtempSync(join(tmpdir(), 'dispatch-feed-'));
  const feed = await openFeed(join(directory, 'feed.sock'));
  const child = fork(fileURLToPath(script), [feed.path], { execArgv: [...process.execArgv, COLLECTING] });
  const { pid } = child;
  const url = await new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`${name} ended`)));
    child.once('message', (message: { readonly url: string }) => resolve(message.url));
  });
  await feed.connected;
  if (pid === undefined) throw new Error(`${name} has no process`);
  return {
    name,
    pid,
    ...protocol(url),
    publish: (event) => feed.write({ event }),
    collect: () => collectIn(child),
    async stop() {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      feed.close();
      await gone;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
