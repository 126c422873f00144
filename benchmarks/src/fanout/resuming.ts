import { CountingSocket } from '@dispatch/tests-processes';
import { type Benchmark, median, ms, percentile } from '../figures.ts';
import { startGatewayServer } from './gateway-server.ts';
import { Load } from './load.ts';

const MISSED = 500;
const ROUNDS = 60;
const TARGET_MS = 20;

/** Somebody who comes back behind five hundred events, which the gateway remembers. */
export const resuming: Benchmark = {
  name: 'resuming',
  async run({ quick }) {
    const server = await startGatewayServer();
    const load = await Load.open(server, 1);
    await load.send(MISSED);
    load.close();
    const cursor = `?resume=${server.kernel.epoch}.${server.kernel.headOf(0) - MISSED}`;
    const whole: number[] = [];
    for (let round = 0; round < (quick ? 5 : ROUNDS); round += 1) whole.push(await comeBack(cursor));
    await server.stop();
    return [
      {
        name: `coming back behind ${MISSED} events, from the upgrade to the last of them`,
        reached: `${ms(median(whole))}, p99 ${ms(percentile(whole, 0.99))}`,
        target: `≤ ${TARGET_MS} ms`,
        holds: median(whole) <= TARGET_MS,
      },
    ];

    async function comeBack(query: string): Promise<number> {
      const { url, headers } = server.upgradeOf(0);
      const began = performance.now();
      let came = 0;
      let onLast: () => void = () => undefined;
      const last = new Promise<void>((resolve) => {
        onLast = resolve;
      });
      const socket = await CountingSocket.open({
        url: `${url}${query}`,
        ...(headers && { headers }),
        onText: (payload, self) => {
          came += server.deliveriesIn(payload, self);
          if (came === MISSED) onLast();
        },
      });
      await last;
      const took = performance.now() - began;
      socket.cut();
      return took;
    }
  },
};
