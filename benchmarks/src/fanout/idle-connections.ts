import { type Benchmark, median } from '../figures.ts';
import { ownKilobytes, pssKilobytes } from '../process-figures.ts';
import { type FanoutServer, startRawWs } from './fanout-server.ts';
import { startGatewayServer } from './gateway-server.ts';
import { Load } from './load.ts';

/** There already when it begins, so that the process has grown what it needs once. */
const THERE = 2_000;
const FURTHER = 8_000;
const QUICK_FURTHER = 1_000;
const MOST = THERE + FURTHER;
const ROUNDS = 3;
const EVENTS = 500;
const SETTLE_MS = 1_500;
const TARGET_KB = 13;
/** 8 KiB. */
const INDEX_TARGET_KB = 8.192;

const pause = (wait: number) => new Promise((resolve) => setTimeout(resolve, wait));
const kb = (value: number): string => `${value.toFixed(1)} kB`;

/** What one more person costs who is only there, and what remembering their last five hundred events costs. */
export const idleConnections: Benchmark = {
  name: 'idle-connections',
  async run({ quick, tell }) {
    const rounds = quick ? 1 : ROUNDS;
    const further = quick ? QUICK_FURTHER : FURTHER;
    const raw: number[] = [];
    const ours: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      raw.push(await perSocket(await startRawWs(), further));
      ours.push(await perSocket(await startGatewayServer(), further));
    }
    const index = await perRing();
    const many = THERE + further;
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
        target: '≤ 8 KiB',
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

/** Kilobytes for each further socket. */
async function perSocket(server: FanoutServer, many: number): Promise<number> {
  const there = await Load.open(server, THERE);
  const before = await held(server);
  const further = await Load.open(server, many, { first: THERE });
  const after = await held(server);
  there.close();
  further.close();
  await server.stop();
  return (after - before) / many;
}

/** Kilobytes for each user of a thousand that the same five hundred events went to: their payload is shared. */
async function perRing(): Promise<number> {
  const users = 1_000;
  const server = await startGatewayServer();
  const load = await Load.open(server, users);
  const before = await held(server);
  await load.send(EVENTS);
  const after = await held(server);
  load.close();
  await server.stop();
  return (after - before) / users;
}

/** Its own memory alone: the share of common files depends on who else runs just now. */
async function held(server: FanoutServer): Promise<number> {
  await pause(SETTLE_MS);
  await server.collect();
  return ownKilobytes(server.pid);
}
