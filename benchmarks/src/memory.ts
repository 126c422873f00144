import { appEntry, createDataDirectory, freePort, startProcess } from '@dispatch/tests-processes';
import { type Benchmark, percentile } from './figures.ts';
import { childrenOf, pssKilobytes } from './process-figures.ts';
import { startProvider } from './provider/start-provider.ts';
import { openWatchingSocket } from './watching-socket.ts';

const TURNS = 10_000;
const QUICK_TURNS = 1_000;
/** Turns at a time, each in a conversation of its own. */
const AT_ONCE = 10;
/** Samples are the lowest of so many, since garbage comes and goes. */
const SAMPLES = 40;
const TARGET_MB = 150;
const TARGET_SLOPE = 1;

/** Memory of `dispatch up` and both its processes after the start, and how it grows with the number of turns. */
export const memory: Benchmark = {
  name: 'memory',
  run: async ({ quick, tell }) => {
    const provider = await startProvider();
    const directory = createDataDirectory();
    const ports = ['--http-port', String(await freePort()), '--ws-port', String(await freePort())];
    const up = startProcess(appEntry('cli'), ['up', '--data-dir', directory.path, ...ports], provider.env);
    try {
      const { url } = await up.ready;
      const pids = [up.pid, ...childrenOf(up.pid)];
      if (pids.length !== 3) throw new Error(`expected three processes, found ${pids.length}`);
      const atStart = pids.map(pssKilobytes);
      const socket = await openWatchingSocket(String(url).replace('http', 'ws'));
      const rounds = (quick ? QUICK_TURNS : TURNS) / AT_ONCE;
      const samples: { readonly turns: number; readonly kilobytes: number }[] = [];
      for (let round = 0; round < rounds; round += 1) {
        await Promise.all(Array.from({ length: AT_ONCE }, () => socket.turn('openai/instant')));
        if (round % Math.ceil(rounds / SAMPLES / 5) !== 0) continue;
        samples.push({ turns: (round + 1) * AT_ONCE, kilobytes: sum(pids.map(pssKilobytes)) });
      }
      socket.close();
      const atEnd = pids.map(pssKilobytes);
      const slope = slopeOf(lowest(samples));
      tell(
        `${rounds * AT_ONCE} turns; up, kernel, gateway: ${atStart.map(megabytes).join(' + ')} after the start, ${atEnd.map(megabytes).join(' + ')} at the end; at most ${megabytes(
          percentile(
            samples.map(({ kilobytes }) => kilobytes),
            1,
          ),
        )} in all`,
      );
      return [
        {
          name: 'memory of all processes after the start (PSS)',
          reached: megabytes(sum(atStart)),
          target: `≤ ${TARGET_MB} MB`,
          holds: sum(atStart) <= TARGET_MB * 1_000,
        },
        {
          name: `memory of all processes after ${(rounds * AT_ONCE).toLocaleString('en-GB')} turns (PSS)`,
          reached: megabytes(sum(atEnd)),
          target: `≤ ${TARGET_MB} MB`,
          holds: sum(atEnd) <= TARGET_MB * 1_000,
        },
        {
          name: 'growth of memory, second half of the turns',
          reached: `${slope.toFixed(2)} kB a turn`,
          target: `≤ ${TARGET_SLOPE} kB`,
          holds: slope <= TARGET_SLOPE,
        },
      ];
    } finally {
      await up.kill('SIGTERM');
      provider.stop();
      directory.remove();
    }
  },
};

interface Sample {
  readonly turns: number;
  readonly kilobytes: number;
}

const sum = (list: readonly number[]) => list.reduce((total, value) => total + value, 0);
const megabytes = (kilobytes: number) => `${(kilobytes / 1_000).toFixed(0)} MB`;

/** The lowest of each five samples of the second half: the heaps have found their size by then. */
function lowest(samples: readonly Sample[]): readonly Sample[] {
  const half = samples.slice(Math.floor(samples.length / 2));
  const groups: Sample[] = [];
  for (let at = 0; at + 5 <= half.length; at += 5) {
    const group = half.slice(at, at + 5).sort((a, b) => a.kilobytes - b.kilobytes);
    if (group[0] !== undefined) groups.push(group[0]);
  }
  return groups;
}

/** Least squares. */
function slopeOf(samples: readonly Sample[]): number {
  const x = sum(samples.map(({ turns }) => turns)) / samples.length;
  const y = sum(samples.map(({ kilobytes }) => kilobytes)) / samples.length;
  const above = sum(samples.map(({ turns, kilobytes }) => (turns - x) * (kilobytes - y)));
  return above / sum(samples.map(({ turns }) => (turns - x) ** 2));
}
