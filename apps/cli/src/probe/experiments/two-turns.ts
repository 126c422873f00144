import { experiment } from '../experiment.ts';
import { turnLog } from './turn-log.ts';
import { turnOrder } from './turn-order.ts';
import { turnOverHttp } from './turn-over-http.ts';
import { turnWatching } from './turn-watching.ts';
import { observeTwoTurns, type TwoTurns } from './whole-turn.ts';

/** A slow turn with many watchers and a quick one behind it: most of what a client relies on. */
export const twoTurns = experiment<TwoTurns>({
  name: 'two-turns',
  needsModel: true,
  observe: observeTwoTurns,
  rows: [...turnOrder, ...turnWatching, ...turnLog, ...turnOverHttp],
});
