import { type Benchmark, type Figure, median, ms } from '../figures.ts';
import { type FanoutServer, startRawWs, startSocketIo } from './fanout-server.ts';
import { startGatewayServer } from './gateway-server.ts';
import { Load, type Reached } from './load.ts';

const USERS = 1_000;
const ROUNDS = 5;
const SATURATED_MS = 4_000;
const PACED_MS = 4_000;
const PACED_PER_SECOND = 20_000;
/** Events under way at most: enough that nobody ever waits for the next. */
const WINDOW = 32;

const thousands = (value: number): string => `${(value / 1_000).toFixed(0)} k/s`;

/** Bringing events to a thousand people, beside `ws` alone and Socket.IO, each round one after the other. */
export const userFanout: Benchmark = {
  name: 'user-fanout',
  async run({ quick, tell }) {
    const rounds = quick ? 1 : ROUNDS;
    const servers = [
      await startRawWs(),
      await startGatewayServer(),
      await startGatewayServer({ batch: true }),
      await startSocketIo(),
    ] as const;
    const loads = await Promise.all(servers.map((server) => Load.open(server, USERS)));
    const full = loads.map((): Reached[] => []);
    const paced = loads.map((): Reached[] => []);
    try {
      for (let round = 0; round < rounds; round += 1) {
        for (const [index, load] of loads.entries()) {
          full[index]?.push(await load.saturate(quick ? 500 : SATURATED_MS, WINDOW));
          paced[index]?.push(await load.pace(quick ? 500 : PACED_MS, PACED_PER_SECOND / USERS));
        }
      }
    } finally {
      for (const load of loads) load.close();
      await Promise.all(servers.map((server: FanoutServer) => server.stop()));
    }
    servers.forEach(({ name }, index) => {
      const at = (list: readonly Reached[] | undefined, field: keyof Reached) =>
        median((list ?? []).map((reached) => reached[field]));
      tell(
        `${name}: ${thousands(at(full[index], 'perSecond'))} at ${at(full[index], 'cpuMicros').toFixed(2)} µs of its CPU each; ` +
          `at ${PACED_PER_SECOND} a second p50 ${ms(at(paced[index], 'p50'))}, p99 ${ms(at(paced[index], 'p99'))}, ` +
          `${at(paced[index], 'cpuMicros').toFixed(2)} µs each`,
      );
    });
    return figuresOf(full, paced);
  },
};

/** Ratios are medians of the rounds' own, since each round ran on one machine in one mood. */
function figuresOf(full: readonly Reached[][], paced: readonly Reached[][]): Figure[] {
  const [raw = [], ours = [], together = [], peer = []] = full;
  const [rawPaced = [], oursPaced = []] = paced;
  const rate = (a: readonly Reached[], b: readonly Reached[]) =>
    median(a.map((reached, round) => reached.perSecond / (b[round]?.perSecond ?? Number.NaN)));
  const p99 = median(oursPaced.map((reached, round) => reached.p99 / (rawPaced[round]?.p99 ?? Number.NaN)));
  const fastest = (list: readonly Reached[]) => thousands(median(list.map(({ perSecond }) => perSecond)));
  const times = (value: number) => `${value.toFixed(2)} ×`;
  const figure = (name: string, reached: number, target: number, beside: string): Figure => ({
    name,
    reached: times(reached),
    target: `≥ ${target} ×`,
    beside,
    holds: reached >= target,
  });
  const each = `deliveries a second to ${USERS.toLocaleString('en-GB')} users, a number for each`;
  return [
    figure(
      `${each}, of raw ws that stringifies once`,
      rate(ours, raw),
      0.9,
      `raw ws ${fastest(raw)}, ours ${fastest(ours)}`,
    ),
    figure(`${each}, of Socket.IO's emit for each`, rate(ours, peer), 2, `Socket.IO ${fastest(peer)}`),
    figure(`the same with frames together`, rate(together, peer), 8, `ours ${fastest(together)}`),
    {
      name: `p99 at ${PACED_PER_SECOND.toLocaleString('en-GB')} deliveries a second, of raw ws`,
      reached: times(p99),
      target: '≤ 1.5 ×',
      beside: `raw ws ${ms(median(rawPaced.map((reached) => reached.p99)))}`,
      holds: p99 <= 1.5,
    },
  ];
}
