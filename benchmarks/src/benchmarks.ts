import { armedTimers } from './armed-timers.ts';
import { chunkCost } from './chunk-cost.ts';
import { commitLatency } from './commit-latency.ts';
import type { Benchmark } from './figures.ts';
import { firstToken } from './first-token.ts';
import { fortyTurns } from './forty-turns.ts';
import { historySlice } from './history-slice.ts';
import { memory } from './memory.ts';
import { startTime } from './start-time.ts';
import { stopLatency } from './stop-latency.ts';
import { streamingLoad } from './streaming-load.ts';
import { surfaceUpdates } from './surface-updates.ts';

/** Every benchmark, in the order they run. */
export const benchmarks: readonly Benchmark[] = [
  firstToken,
  fortyTurns,
  streamingLoad,
  chunkCost,
  stopLatency,
  startTime,
  memory,
  historySlice,
  commitLatency,
  surfaceUpdates,
  armedTimers,
];
