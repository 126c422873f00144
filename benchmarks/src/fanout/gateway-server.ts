import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { appEntry, createDataDirectory, freePort, startProcess } from '@dispatch/tests-processes';
import { type BenchKernel, startBenchKernel, TOKEN_PREFIX } from './bench-kernel.ts';
import { COLLECTING, collectIn, type FanoutServer } from './fanout-server.ts';

/** None: what is measured is how much can be delivered, not how much is allowed. */
const LIMITS = {
  connectionsPerAddress: 0,
  connectionsPerSecond: 0,
  connectionsPerUser: 0,
  connections: 0,
  handshakes: 0,
  messagesPerMinute: 0,
  requestsPerMinute: 0,
  requestsPerMinutePerAddress: 0,
};
/** Our gateway in a process of its own, in auth mode `token`, each socket another user, numbers of their own included. */
export interface GatewayServer extends FanoutServer {
  readonly kernel: BenchKernel;
}

export async function startGatewayServer(options: { readonly batch?: boolean } = {}): Promise<GatewayServer> {
  const { path: dataDir, remove } = createDataDirectory();
  writeFileSync(join(dataDir, 'dispatch.config.json'), JSON.stringify({ limits: LIMITS }));
  const kernel = await startBenchKernel(dataDir);
  const httpPort = await freePort();
  const wsPort = await freePort();
  const gateway = startProcess(appEntry('gateway'), [], {
    DISPATCH_DATA_DIR: dataDir,
    DISPATCH_AUTH: 'token',
    DISPATCH_HTTP_PORT: String(httpPort),
    DISPATCH_WS_PORT: String(wsPort),
    NODE_OPTIONS: COLLECTING,
  });
  await gateway.ready;
  const { pid } = gateway.child;
  if (pid === undefined) throw new Error('the gateway has no process');
  const isBatch = options.batch === true;
  return {
    name: isBatch ? 'Dispatch, frames together' : 'Dispatch',
    pid,
    kernel,
    upgradeOf: (user) => ({
      url: `ws://127.0.0.1:${wsPort}/`,
      headers: { Authorization: `Bearer ${TOKEN_PREFIX}${user}` },
    }),
    isReady: (payload) => payload.indexOf('"type":"catalog"') >= 0 || payload.indexOf('"type":"ack"') >= 0,
    deliveriesIn(payload, socket) {
      if (isBatch && payload.indexOf('"type":"hello"') === 1) {
        socket.send('{"type":"client.hello","capabilities":["batch"]}');
      }
      return eventsIn(payload);
    },
    publish: (event, users) => kernel.publish(event, users),
    collect: () => collectIn(gateway.child),
    async stop() {
      await gateway.kill();
      kernel.stop();
      remove();
    },
  };
}

const EVENT = Buffer.from('{"type":"user.event"');

/** Frames of the user stream in one message, which holds one or, for who asked for it, several lines. */
function eventsIn(payload: Buffer): number {
  let events = 0;
  for (let at = 0; at >= 0 && at < payload.length; ) {
    if (payload.compare(EVENT, 0, EVENT.length, at, Math.min(payload.length, at + EVENT.length)) === 0)
      events += 1;
    const end = payload.indexOf(0x0a, at);
    at = end < 0 ? -1 : end + 1;
  }
  return events;
}
