import { callDirectly } from './direct-call.ts';
import { type Benchmark, median } from './figures.ts';
import { cpuMicroseconds } from './process-figures.ts';
import { openWatchingSocket } from './watching-socket.ts';
import { withDispatch } from './with-dispatch.ts';

const CHUNKS = 2_000;
const ROUNDS = 15;
const QUICK_ROUNDS = 4;
/** Rounds nothing is counted of: code that runs for the first time is compiled meanwhile. */
const WARM_UP = 5;
const TARGET = 40;

/** CPU time of kernel and gateway together for each chunk of an answer of two thousand, as fast as the provider gives them. */
export const chunkCost: Benchmark = {
  name: 'chunk-cost',
  run: ({ quick, tell }) =>
    withDispatch(async (dispatch, provider) => {
      const socket = await openWatchingSocket(dispatch.wsUrl);
      const model = `burst-${CHUNKS}`;
      const ours: number[] = [];
      const direct: number[] = [];
      const kernelShare: number[] = [];
      let frames = 0;
      for (let round = 0; round < WARM_UP + (quick ? QUICK_ROUNDS : ROUNDS); round += 1) {
        const client = cpuMicroseconds(process.pid);
        await callDirectly(provider.url, model);
        const directly = cpuMicroseconds(process.pid) - client;
        const kernel = cpuMicroseconds(dispatch.kernel.pid);
        const gateway = cpuMicroseconds(dispatch.gateway.pid);
        const turn = await socket.turn(`openai/${model}`);
        const kernelUsed = cpuMicroseconds(dispatch.kernel.pid) - kernel;
        const gatewayUsed = cpuMicroseconds(dispatch.gateway.pid) - gateway;
        if (round < WARM_UP) continue;
        frames += turn.textFrames;
        ours.push((kernelUsed + gatewayUsed) / CHUNKS);
        kernelShare.push(kernelUsed / CHUNKS);
        direct.push(directly / CHUNKS);
      }
      socket.close();
      tell(
        `kernel alone ${median(kernelShare).toFixed(1)} µs; ${(frames / ours.length).toFixed(0)} frames carry the ${CHUNKS} chunks`,
      );
      const reached = median(ours);
      return [
        {
          name: `a ${CHUNKS.toLocaleString('en-GB')}-chunk stream, CPU of kernel and gateway`,
          reached: `${reached.toFixed(1)} µs a chunk`,
          target: `≤ ${TARGET} µs`,
          beside: `a plain reader ${median(direct).toFixed(1)} µs`,
          holds: reached <= TARGET,
        },
      ];
    }),
};
