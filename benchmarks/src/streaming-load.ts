import { type Benchmark, median, percentile } from './figures.ts';
import { cpuMicroseconds } from './process-figures.ts';
import { openWatchingSocket } from './watching-socket.ts';
import { withDispatch } from './with-dispatch.ts';

const TURNS = 200;
/** Ten seconds of measuring and some before and behind it, at 50 a second. */
const TOKENS = 800;
const SOCKETS = 20;
const SETTLE_MS = 3_000;
const WINDOW_MS = 2_000;
const WINDOWS = 5;
const TARGET = 0.6;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Two hundred turns that stream 50 tokens a second each: what the kernel needs of one core, in windows of two seconds. */
export const streamingLoad: Benchmark = {
  name: 'streaming-load',
  run: ({ quick, tell }) =>
    withDispatch(async (dispatch, provider) => {
      const sockets = await Promise.all(
        Array.from({ length: SOCKETS }, () => openWatchingSocket(dispatch.wsUrl)),
      );
      let frames = 0;
      const onText = () => {
        frames += 1;
      };
      const turns = Array.from({ length: TURNS }, (_, index) =>
        sockets[index % SOCKETS]?.turn(`openai/paced-${quick ? TOKENS / 2 : TOKENS}`, { onText }),
      );
      const all = Promise.all(turns);
      all.catch(() => undefined);
      await pause(SETTLE_MS);
      const kernel: number[] = [];
      const others: number[][] = [[], [], []];
      const before = frames;
      const began = performance.now();
      for (let window = 0; window < (quick ? 2 : WINDOWS); window += 1) {
        const pids = [dispatch.kernel.pid, dispatch.gateway.pid, provider.pid, process.pid];
        const used = pids.map(cpuMicroseconds);
        const from = performance.now();
        await pause(WINDOW_MS);
        const elapsed = (performance.now() - from) * 1_000;
        const shares = pids.map((pid, index) => (cpuMicroseconds(pid) - (used[index] ?? 0)) / elapsed);
        kernel.push(shares[0] ?? Number.NaN);
        for (const [index, list] of others.entries()) list.push(shares[index + 1] ?? Number.NaN);
      }
      const perSecond = ((frames - before) / (performance.now() - began)) * 1_000;
      await all;
      for (const socket of sockets) socket.close();
      const share = (list: readonly number[]) => `${(median(list) * 100).toFixed(0)} %`;
      tell(
        `${perSecond.toFixed(0)} frames a second reached the client; gateway ${share(others[0] ?? [])}, provider ${share(others[1] ?? [])}, client ${share(others[2] ?? [])} of a core; kernel at most ${(percentile(kernel, 1) * 100).toFixed(0)} %`,
      );
      return [
        {
          name: `${TURNS} turns at 50 tokens a second, kernel`,
          reached: `${share(kernel)} of a core`,
          target: `≤ ${TARGET * 100} %`,
          beside: `the provider alone needs ${share(others[1] ?? [])}`,
          holds: median(kernel) <= TARGET,
        },
      ];
    }),
};
