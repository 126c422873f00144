import { CountingSocket } from '@dispatch/tests-processes';
import { type Benchmark, median, ms } from '../figures.ts';
import { pssKilobytes } from '../process-figures.ts';
import { startGatewayServer } from './gateway-server.ts';
import { Load } from './load.ts';

const HEALTHY = 20;
const PER_SECOND = 500;
const PAIRS = 15;
const PAIR_MS = 4_000;
const QUICK_MS = 1_000;
const PADDING = 'x'.repeat(900);
const TARGET_KB = 2 * 1_024;
const TARGET_TIMES = 1.1;

/** One of many stops reading, at half a megabyte a second, for a minute in all: what it costs, and whom it slows. */
export const stalledReader: Benchmark = {
  name: 'stalled-reader',
  async run({ quick, tell }) {
    const server = await startGatewayServer();
    const load = await Load.open(server, HEALTHY, { sampleEach: 1, padding: PADDING });
    const ratios: number[] = [];
    const grown: number[] = [];
    const without: number[] = [];
    for (let pair = 0; pair < (quick ? 1 : PAIRS); pair += 1) {
      const alone = await load.pace(quick ? QUICK_MS : PAIR_MS, PER_SECOND);
      await server.collect();
      const before = pssKilobytes(server.pid);
      const { url, headers } = server.upgradeOf(0);
      let isClosed = false;
      const stalled = await CountingSocket.open({
        url,
        ...(headers && { headers }),
        onText: () => undefined,
        onClose: () => {
          isClosed = true;
        },
      });
      stalled.pause();
      const beside = await load.pace(quick ? QUICK_MS : PAIR_MS, PER_SECOND);
      await server.collect();
      grown.push(pssKilobytes(server.pid) - before);
      ratios.push(beside.p99 / alone.p99);
      without.push(alone.p99);
      stalled.resume();
      await new Promise((resolve) => setTimeout(resolve, 500));
      tell(
        `p99 ${ms(alone.p99)} without, ${ms(beside.p99)} with it; it was ${isClosed ? 'sent away' : 'kept'}`,
      );
      stalled.cut();
    }
    load.close();
    await server.stop();
    return [
      {
        name: 'a reader that stopped: memory of the gateway',
        reached: `${(median(grown) / 1_024).toFixed(2)} MiB`,
        target: '≤ 2 MiB',
        holds: median(grown) <= TARGET_KB,
      },
      {
        name: 'a reader that stopped: p99 of the others, of without it',
        reached: `${median(ratios).toFixed(2)} ×`,
        target: `≤ ${TARGET_TIMES} ×`,
        beside: ms(median(without)),
        holds: median(ratios) <= TARGET_TIMES,
      },
    ];
  },
};
