import { type Benchmark, median } from '../figures.ts';
import { pssKilobytes } from '../process-figures.ts';
import { type FanoutServer, startRawWs } from './fanout-server.ts';
import { type GatewayServer, startGatewayServer } from './gateway-server.ts';
import { Load } from './load.ts';

const SOCKETS = 2_000;
const MOST = 10_000;
const ROUNDS = 3;
const EVENTS = 500;
const WARM_SOCKETS = 200;
const SETTLE_MS = 1_500;
const TARGET_KB = 13;
const INDEX_TARGET_KB = 8;

const pause = (wait: number) => new Promise((resolve) => setTimeout(resolve, wait));
const kb = (value: number): string => `${value.toFixed(1)} kB`;

/** What one more person costs who is only there, and what remembering their last five hundred events costs. */
export const idleConnections: Benchmark = {
  name: 'idle-connections',
  async run({ quick, tell }) {
    const rounds = quick ? 1 : ROUNDS;
    const raw: number[] = [];
    const ours: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      raw.push(await perSocket(await startRawWs(), SOCKETS));
      ours.push(await perSocket(await startGatewayServer(), SOCKETS));
    }
    const index = await perRing();
    const many = quick ? SOCKETS : MOST;
    const server = await startGatewayServer();
    const load = await Load.open(server, many);
    const reached = await load.pace(2_000, 2);
    const total = pssKilobytes(server.pid);
    load.close();
    await server.stop();
    tell(
      `${many} sockets on one gateway: ${(total / 1_000).toFixed(0)} MB, an event to all of them p99 ${reached.p99.toFixed(0)} ms`,
    );
    return [
      {
        name: 'memory of one idle connection, each of another user',
        reached: kb(median(ours)),
        target: `≤ ${TARGET_KB} kB`,
        beside: `raw ws ${kb(median(raw))}`,
        holds: median(ours) <= TARGET_KB,
      },
      {
        name: `remembering ${EVENTS} events, a user`,
        reached: kb(index),
        target: `≤ ${INDEX_TARGET_KB} kB`,
        holds: index <= INDEX_TARGET_KB,
      },
      {
        name: 'idle connections on one gateway',
        reached: String(load.sockets.length),
        target: `≥ ${MOST.toLocaleString('en-GB')}`,
        holds: load.sockets.length >= MOST,
      },
    ];
  },
};

/** Kilobytes of the process for each further socket, behind some that made it grow what it needs once. */
async function perSocket(server: FanoutServer & Partial<GatewayServer>, many: number): Promise<number> {
  const first = await Load.open(server, WARM_SOCKETS);
  first.close();
  await pause(SETTLE_MS);
  await server.collect?.();
  const before = pssKilobytes(server.pid);
  const load = await Load.open(server, many);
  await pause(SETTLE_MS);
  await server.collect?.();
  const after = pssKilobytes(server.pid);
  load.close();
  await server.stop();
  return (after - before) / many;
}

/** Kilobytes for each user of a thousand that the same five hundred events went to: their payload is shared. */
async function perRing(): Promise<number> {
  const users = 1_000;
  const server = await startGatewayServer();
  const load = await Load.open(server, users);
  await pause(SETTLE_MS);
  await server.collect();
  const before = pssKilobytes(server.pid);
  await load.send(EVENTS);
  await pause(SETTLE_MS);
  await server.collect();
  const after = pssKilobytes(server.pid);
  load.close();
  await server.stop();
  return (after - before) / users;
}
