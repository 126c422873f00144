import { callDirectly } from './direct-call.ts';
import { type Benchmark, median, ms, percentile } from './figures.ts';
import { openWatchingSocket } from './watching-socket.ts';
import { withDispatch } from './with-dispatch.ts';

const PAIRS = 1_000;
const QUICK_PAIRS = 100;
const WARM_UP = 50;
const P50_MS = 5;
const P99_MS = 20;

/** Time to first token over a socket, beside the same request made to the provider itself; one after the other. */
export const firstToken: Benchmark = {
  name: 'first-token',
  run: ({ quick, tell }) =>
    withDispatch(async (dispatch, provider) => {
      const socket = await openWatchingSocket(dispatch.wsUrl);
      const added: number[] = [];
      const direct: number[] = [];
      const through: number[] = [];
      for (let pair = 0; pair < WARM_UP + (quick ? QUICK_PAIRS : PAIRS); pair += 1) {
        const without = (await callDirectly(provider.url, 'instant')).firstTextMs;
        const { firstTextMs } = await socket.turn('openai/instant');
        if (pair < WARM_UP) continue;
        direct.push(without);
        through.push(firstTextMs);
        added.push(firstTextMs - without);
      }
      socket.close();
      tell(
        `${added.length} pairs; through Dispatch p50 ${ms(median(through))}, p99 ${ms(percentile(through, 0.99))}`,
      );
      const p50 = median(added);
      const p99 = percentile(added, 0.99);
      return [
        {
          name: 'time to first token added, p50',
          reached: ms(p50),
          target: `≤ ${P50_MS} ms`,
          beside: `direct ${ms(median(direct))}`,
          holds: p50 <= P50_MS,
        },
        {
          name: 'time to first token added, p99',
          reached: ms(p99),
          target: `≤ ${P99_MS} ms`,
          beside: `direct ${ms(percentile(direct, 0.99))}`,
          holds: p99 <= P99_MS,
        },
      ];
    }),
};
