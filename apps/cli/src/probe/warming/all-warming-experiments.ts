import type { Experiment } from '../experiment.ts';
import { closingNothing } from '../experiments/closing-nothing.ts';
import { surfaces } from '../experiments/surfaces.ts';
import { closingWarm } from './closing-warm.ts';
import { cycling } from './cycling.ts';
import { failingWarm } from './failing-warm.ts';
import { neighbours } from './neighbours.ts';
import { switching } from './switching.ts';

/** What `--warming` tries, in the order in which it is reported. The longest begin first. */
export const allWarmingExperiments: readonly Experiment[] = [
  surfaces,
  cycling,
  closingWarm,
  failingWarm,
  switching,
  neighbours,
  closingNothing,
];
