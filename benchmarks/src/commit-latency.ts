import { join } from 'node:path';
import { createDataDirectory } from '@dispatch/tests-processes';
import Database from 'better-sqlite3';
import { type Benchmark, median, ms, percentile } from './figures.ts';
import { openWatchingSocket, type WatchingSocket } from './watching-socket.ts';
import { withDispatch } from './with-dispatch.ts';

const STREAMS = 50;
const SENDS = 400;
const QUICK_SENDS = 60;
const TOKENS = 100_000;

/** From sending a message to its acknowledgement, which follows its commit, while fifty turns stream; beside a bare commit to a file in the same place. */
export const commitLatency: Benchmark = {
  name: 'commit-latency',
  run: ({ quick, tell }) =>
    withDispatch(async (dispatch) => {
      const bare = openBare();
      const socket = await openWatchingSocket(dispatch.wsUrl);
      const sends = quick ? QUICK_SENDS : SENDS;
      const idle = await measure(socket, bare.commit, sends);
      const background = await openWatchingSocket(dispatch.wsUrl);
      const streaming = Array.from({ length: STREAMS }, () => background.turn(`openai/paced-${TOKENS}`));
      for (const turn of streaming) turn.catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      const loaded = await measure(socket, bare.commit, sends);
      background.close();
      socket.close();
      bare.close();
      const told = ({ acks, bare }: Measured) =>
        `p50 ${ms(median(acks))}, p99 ${ms(percentile(acks, 0.99))} (bare commit ${ms(median(bare))}, ${ms(percentile(bare, 0.99))})`;
      tell(`idle: ${told(idle)}`);
      tell(`${STREAMS} turns stream: ${told(loaded)}`);
      const p99 = percentile(loaded.acks, 0.99);
      return [
        {
          name: `send to acknowledgement while ${STREAMS} turns stream, p50`,
          reached: ms(median(loaded.acks)),
          target: 'told',
          beside: `bare commit ${ms(median(loaded.bare))}`,
          holds: true,
        },
        {
          name: `send to acknowledgement while ${STREAMS} turns stream, p99`,
          reached: ms(p99),
          target: 'told',
          beside: `bare commit ${ms(percentile(loaded.bare, 0.99))}`,
          holds: true,
        },
      ];
    }),
};

interface Measured {
  readonly acks: readonly number[];
  readonly bare: readonly number[];
}

async function measure(socket: WatchingSocket, commit: () => void, count: number): Promise<Measured> {
  const acks: number[] = [];
  const bare: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const began = performance.now();
    commit();
    bare.push(performance.now() - began);
    acks.push((await socket.turn('openai/instant')).ackMs);
  }
  return { acks, bare };
}

/** What the disk and SQLite alone ask of one durable row. */
function openBare() {
  const directory = createDataDirectory();
  const database = new Database(join(directory.path, 'bare.db'));
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.exec('create table row (body text)');
  const insert = database.prepare('insert into row values (?)');
  return {
    commit: () => void insert.run('x'.repeat(500)),
    close: () => {
      database.close();
      directory.remove();
    },
  };
}
