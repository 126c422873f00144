import { approvalLatency } from './approval-latency.ts';
import { armedTimers } from './armed-timers.ts';
import { chunkCost } from './chunk-cost.ts';
import { commitLatency } from './commit-latency.ts';
import { idleConnections } from './fanout/idle-connections.ts';
import { repeatedDrops } from './fanout/repeated-drops.ts';
import { resuming } from './fanout/resuming.ts';
import { stalledReader } from './fanout/stalled-reader.ts';
import { userFanout } from './fanout/user-fanout.ts';
import type { Benchmark } from './figures.ts';
import { firstToken } from './first-token.ts';
import { fortyTurns } from './forty-turns.ts';
import { historySlice } from './history-slice.ts';
import { memory } from './memory.ts';
import { regenerateLookup } from './regenerate-lookup.ts';
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
  approvalLatency,
  startTime,
  memory,
  historySlice,
  regenerateLookup,
  commitLatency,
  surfaceUpdates,
  armedTimers,
  userFanout,
  idleConnections,
  resuming,
  stalledReader,
  repeatedDrops,
];
