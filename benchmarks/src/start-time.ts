import {
  appEntry,
  createDataDirectory,
  eventually,
  freePort,
  request,
  startProcess,
} from '@dispatch/tests-processes';
import { type Benchmark, median, ms, percentile } from './figures.ts';

const ROUNDS = 11;
const QUICK_ROUNDS = 3;
const TARGET_MS = 700;

/** `dispatch up` with built code: from the start of the process to the gateway taking requests, beside Node starting and ending. */
export const startTime: Benchmark = {
  name: 'start-time',
  run: async ({ quick, tell }) => {
    const directory = createDataDirectory();
    const first: number[] = [];
    const again: number[] = [];
    const node: number[] = [];
    try {
      for (let round = 0; round < (quick ? QUICK_ROUNDS : ROUNDS); round += 1) {
        const fresh = createDataDirectory();
        first.push(await start(fresh.path));
        fresh.remove();
        again.push(await start(directory.path));
        node.push(await bareNode());
      }
    } finally {
      directory.remove();
    }
    // The first of all filled the system's file cache.
    again.shift();
    tell(`with an empty data directory ${ms(median(first))}; at most ${ms(percentile(again, 1))}`);
    const p50 = median(again);
    return [
      {
        name: 'start to ready, all processes',
        reached: ms(p50),
        target: `≤ ${TARGET_MS} ms`,
        beside: `bare Node ${ms(median(node))}`,
        holds: p50 <= TARGET_MS,
      },
    ];
  },
};

async function start(dataDir: string): Promise<number> {
  const [http, ws] = [await freePort(), await freePort()];
  const began = performance.now();
  const up = startProcess(
    appEntry('cli'),
    ['up', '--data-dir', dataDir, '--http-port', String(http), '--ws-port', String(ws)],
    {},
  );
  try {
    const { url } = await up.ready;
    await eventually('readiness', async () => (await request(String(url), 'GET', '/readyz')).status === 200);
    return performance.now() - began;
  } finally {
    await up.kill('SIGTERM');
  }
}

async function bareNode(): Promise<number> {
  const began = performance.now();
  await startProcess('--eval', ['0'], {}).exited;
  return performance.now() - began;
}
