import { callDirectly } from './direct-call.ts';
import { type Benchmark, median, ms, percentile } from './figures.ts';
import { openWatchingSocket } from './watching-socket.ts';
import { withDispatch } from './with-dispatch.ts';

const TURNS = 40;
const ROUNDS = 15;
const QUICK_ROUNDS = 4;
const TARGET_MS = 100;

/** Forty people send at the same instant; the same forty requests at once to the provider itself. */
export const fortyTurns: Benchmark = {
  name: 'forty-turns',
  run: ({ quick, tell }) =>
    withDispatch(async (dispatch, provider) => {
      const people = Array.from({ length: TURNS });
      const sockets = await Promise.all(people.map(() => openWatchingSocket(dispatch.wsUrl)));
      const direct: number[] = [];
      const through: number[] = [];
      let cold = Number.NaN;
      for (let round = 0; round <= (quick ? QUICK_ROUNDS : ROUNDS); round += 1) {
        const without = await Promise.all(people.map(() => callDirectly(provider.url, 'paced-5')));
        const turns = await Promise.all(sockets.map((socket) => socket.turn('openai/paced-5')));
        const p50 = median(turns.map(({ firstTextMs }) => firstTextMs));
        if (round === 0) {
          cold = p50;
          continue;
        }
        direct.push(median(without.map(({ firstTextMs }) => firstTextMs)));
        through.push(p50);
      }
      for (const socket of sockets) socket.close();
      tell(
        `${through.length} rounds; the first of all ${ms(cold)}, p90 of the rounds ${ms(percentile(through, 0.9))}`,
      );
      const p50 = median(through);
      return [
        {
          name: `${TURNS} turns at once, p50 time to first token`,
          reached: ms(p50),
          target: `≤ ${TARGET_MS} ms`,
          beside: `direct ${ms(median(direct))}`,
          holds: p50 <= TARGET_MS,
        },
      ];
    }),
};
