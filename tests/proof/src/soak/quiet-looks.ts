import type { DispatchProcesses } from '@dispatch/tests-processes';
import type { Attack } from '../harness.ts';
import { held } from './inspector.ts';
import type { Sample } from './leaks.ts';
import { pause } from './load/round.ts';
import { descriptors, pssBytes } from './process-figures.ts';
import { slope } from './slope.ts';

const PARTS = ['kernel', 'gateway'] as const;
/** Connections that are kept for the next request are closed after some seconds. */
const KEPT_MS = 6_500;
const PATIENCE_MS = 20_000;

/** Looks at both processes at moments in which nobody asks anything of them. */
export interface QuietLooks {
  /** `counts`: also waits until descriptors and timers are back at what they were at the first such look. */
  look(turns: number, counts: boolean): Promise<void>;
  readonly samples: ReadonlyMap<string, readonly Sample[]>;
  /** Notes how much grew in the samples behind the warm-up. */
  report(warmUp: number): void;
}

interface Counts {
  readonly descriptors: number;
  readonly timers: number;
  readonly resources: string;
}

export function createQuietLooks(dispatch: DispatchProcesses, attack: Attack): QuietLooks {
  const samples = new Map<string, Sample[]>(PARTS.map((part) => [part, []]));
  const first = new Map<string, Counts>();

  const countsOf = async (part: (typeof PARTS)[number]): Promise<Counts> => {
    const { timers, resources } = await held(dispatch[part], false);
    return { descriptors: descriptors(dispatch[part].pid), timers, resources: JSON.stringify(resources) };
  };

  /** The least that is seen while everything rests; at once when it is no more than at the first look. */
  const rest = async (part: (typeof PARTS)[number]): Promise<void> => {
    const reference = first.get(part);
    let least = await countsOf(part);
    const isBack = () =>
      reference !== undefined &&
      least.descriptors <= reference.descriptors &&
      least.timers <= reference.timers;
    const until = performance.now() + (reference === undefined ? KEPT_MS : PATIENCE_MS);
    while (!isBack() && performance.now() < until) {
      await pause(500);
      const counts = await countsOf(part);
      if (counts.descriptors + counts.timers <= least.descriptors + least.timers) least = counts;
    }
    if (reference === undefined) first.set(part, least);
    else if (!isBack()) {
      attack.violation(
        `L3: the ${part} holds ${describe(least)} at rest, and held ${describe(reference)} at the first look`,
      );
    }
  };

  return {
    samples,
    async look(turns, counts) {
      if (counts) await Promise.all(PARTS.map(rest));
      for (const part of PARTS) {
        const { bytes, listeners } = await held(dispatch[part], true);
        samples.get(part)?.push({ turns, bytes, listeners, pss: pssBytes(dispatch[part].pid) });
      }
      attack.count('looks');
    },
    report(warmUp) {
      for (const [part, all] of samples) {
        const settled = all.slice(warmUp);
        const grow = (pick: (sample: Sample) => number) =>
          slope(settled.map((sample) => ({ x: sample.turns, y: pick(sample) }))).toFixed(0);
        const [from, to] = [settled[0], settled.at(-1)];
        if (from === undefined || to === undefined) continue;
        attack.note(
          `${part}: living objects ${mega(from.bytes)} to ${mega(to.bytes)} (${grow(({ bytes }) => bytes)} bytes a turn), pages ${mega(from.pss)} to ${mega(to.pss)} (${grow(({ pss }) => pss)} bytes a turn) over ${to.turns - from.turns} turns; at rest ${describe(first.get(part))}`,
        );
      }
    },
  };
}

function describe(counts: Counts | undefined): string {
  return counts === undefined
    ? 'nothing'
    : `${counts.descriptors} descriptors, ${counts.timers} timers, ${counts.resources}`;
}

function mega(bytes: number): string {
  return `${(bytes / 1e6).toFixed(2)} MB`;
}
