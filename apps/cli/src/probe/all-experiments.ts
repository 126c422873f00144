import type { Experiment } from './experiment.ts';
import { badFrames } from './experiments/bad-frames.ts';
import { badInput } from './experiments/bad-input.ts';
import { closingNothing } from './experiments/closing-nothing.ts';
import { cursors } from './experiments/cursors.ts';
import { closing, stopping } from './experiments/ending.ts';
import { failing } from './experiments/failing.ts';
import { idleWatching } from './experiments/idle-watching.ts';
import { keys } from './experiments/keys.ts';
import { leaving } from './experiments/leaving.ts';
import { naming } from './experiments/naming.ts';
import { service } from './experiments/service.ts';
import { settings } from './experiments/settings.ts';
import { socketOpening } from './experiments/socket-opening.ts';
import { stoppingEarly } from './experiments/stopping-early.ts';
import { surfaces } from './experiments/surfaces.ts';
import { throughput } from './experiments/throughput.ts';
import { tools } from './experiments/tools.ts';
import { twoTurns } from './experiments/two-turns.ts';

/** Everything that is tried without `--warming`, in the order in which it is reported. */
export const allExperiments: readonly Experiment[] = [
  service,
  socketOpening,
  badInput,
  badFrames,
  idleWatching,
  surfaces,
  closingNothing,
  twoTurns,
  cursors,
  leaving,
  closing,
  stopping,
  stoppingEarly,
  failing,
  keys,
  naming,
  settings,
  tools,
  throughput,
];
