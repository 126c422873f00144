import type { Attack, Harness } from '../harness.ts';
import { createRandom, type Random } from '../random.ts';
import {
  bitFlip,
  coveredDamages,
  type Damage,
  fileDamages,
  logDamages,
  pageLoss,
  rowChange,
  rowLoss,
  unreadLoss,
} from './damage.ts';
import { type Lane, openLane } from './lane.ts';
import { makeOriginals, type Original } from './original.ts';
import { plantedBugs } from './planted-bugs.ts';
import { type Case, tryDamage } from './try-damage.ts';

/** How often each damage is tried on each directory. */
const SHORT = { flips: 9, pages: 5, rows: 7, losses: 3, logs: 1, files: 1 };
const LONG = { flips: 500, pages: 60, rows: 150, losses: 60, logs: 25, files: 5 };
/** Violations after which a lane stops. */
const ENOUGH = 5;
/** Kernels side by side: each case waits more than it works. */
const LANES = 2;

/** Damages stored bytes of real installations in every way, starts real processes over them, and reads everything again. */
export const corruption: Harness = {
  name: 'corruption',
  proves: ['D9', 'Q3', 'D1', 'O3'],
  plantedBugs,
  async run(attack) {
    const times = attack.long ? LONG : SHORT;
    const originals = await makeOriginals();
    const cases = shuffled(
      originals.all.flatMap((original) => casesOf(original, times, attack.random)),
      attack.random,
    );
    attack.floor('cases', cases.length);
    attack.floor('reported', attack.long ? 300 : 15);
    attack.floor('refused to start', attack.long ? 20 : 7);
    attack.floor('read-only', attack.long ? 60 : 2);
    attack.floor('refused sends', attack.long ? 100 : 5);
    attack.floor('answered sends', cases.length);
    const lanes: Lane[] = [];
    try {
      for (let count = 0; count < LANES; count += 1) lanes.push(await openLane());
      const waiting = cases.values();
      await Promise.all(lanes.map((lane) => work(lane, waiting, attack)));
    } finally {
      await Promise.all(lanes.map((lane) => lane.stop()));
      originals.remove();
    }
  },
};

/** Ends early when so much was found that more of it would say nothing new. */
async function work(lane: Lane, waiting: Iterator<Case>, attack: Attack): Promise<void> {
  let found = 0;
  const counting: Attack = {
    ...attack,
    violation(text) {
      found += 1;
      attack.violation(text);
    },
  };
  for (let next = waiting.next(); !next.done && found < ENOUGH; next = waiting.next()) {
    await tryDamage(lane, next.value, counting);
  }
}

function shuffled<T>(list: readonly T[], random: Random): readonly T[] {
  const rest = [...list];
  return list.map(() => rest.splice(random.integer(0, rest.length - 1), 1)[0] as T);
}

function casesOf(original: Original, times: typeof SHORT, random: Random): readonly Case[] {
  const plan: readonly (readonly [Damage, number])[] = [
    [bitFlip, times.flips],
    [pageLoss, times.pages],
    [unreadLoss, times.files],
    [rowChange, times.rows],
    [rowLoss, times.losses],
    ...fileDamages.map((damage) => [damage, times.files] as const),
    ...coveredDamages.map((damage) => [damage, times.files] as const),
    ...logDamages.map((damage) => [damage, times.logs] as const),
  ];
  return plan
    .filter(([{ needsLog, needsNoLog }]) => (original.name === 'killed' ? !needsNoLog : !needsLog))
    .flatMap(([damage, count]) =>
      Array.from({ length: count }, () => ({
        original,
        damage,
        random: createRandom(random.integer(0, 2 ** 31)),
      })),
    );
}
