import { clock } from './clock/clock.ts';
import { corruption } from './corruption/corruption.ts';
import { disk } from './disk/disk.ts';
import { fuzzFrames } from './fuzz-frames/fuzz-frames.ts';
import { fuzzHttp } from './fuzz-http/fuzz-http.ts';
import { fuzzLink } from './fuzz-link/fuzz-link.ts';
import { fuzzProviders } from './fuzz-providers/fuzz-providers.ts';
import { fuzzRows } from './fuzz-rows/fuzz-rows.ts';
import type { Harness } from './harness.ts';
import { crashPoints } from './kill/crash-points.ts';
import { killLoop } from './kill/kill-loop.ts';
import { network } from './network/network.ts';
import { powerCut } from './power-cut/power-cut.ts';
import { providerFaults } from './provider-faults/provider-faults.ts';
import { soak } from './soak/soak.ts';
import { stampede } from './stampede/stampede.ts';
import { userStream } from './user-stream/user-stream.ts';
import { warming } from './warming/warming.ts';

/** Every harness, in the order they run: the longest first, so that none is left running alone. */
export const harnesses: readonly Harness[] = [
  soak,
  crashPoints,
  killLoop,
  userStream,
  network,
  stampede,
  powerCut,
  disk,
  corruption,
  clock,
  warming,
  providerFaults,
  fuzzProviders,
  fuzzLink,
  fuzzFrames,
  fuzzHttp,
  fuzzRows,
];
