import { slope } from './slope.ts';

/** One look at a process while nobody asks anything of it. */
export interface Sample {
  /** Turns done so far by everybody. */
  readonly turns: number;
  /** Bytes of living objects after a garbage collection. */
  readonly bytes: number;
  /** Bytes as the system counts them. */
  readonly pss: number;
  readonly listeners: number;
}

export interface Limits {
  /** Growth of living objects, in bytes a turn, that is a leak. */
  readonly bytesPerTurn: number;
  /** The same as the system counts, which also sees what is fragmented. */
  readonly pssPerTurn: number;
  /** Growth over the whole time that is too small to tell anything, in bytes. */
  readonly noise: number;
}

/** What grows that should not. The first `warmUp` samples are left out. Empty: nothing does. */
export function leaks(
  name: string,
  samples: readonly Sample[],
  limits: Limits,
  warmUp: number,
): readonly string[] {
  const settled = samples.slice(warmUp);
  const [first, last] = [settled[0], settled.at(-1)];
  if (first === undefined || last === undefined || settled.length < 3) return [`${name}: too few samples`];
  const found: string[] = [];
  const judge = (what: string, pick: (sample: Sample) => number, limit: number, noise: number) => {
    const perTurn = slope(settled.map((sample) => ({ x: sample.turns, y: pick(sample) })));
    const grown = perTurn * (last.turns - first.turns);
    if (perTurn <= limit || grown <= noise) return;
    found.push(
      `L3: ${what} of the ${name} grow by ${Math.round(perTurn)} bytes a turn, at most ${limit}: ${settled
        .map((sample) => `${(pick(sample) / 1e6).toFixed(2)} MB after ${sample.turns}`)
        .join(', ')}`,
    );
  };
  judge('living objects', ({ bytes }) => bytes, limits.bytesPerTurn, limits.noise);
  judge('memory pages', ({ pss }) => pss, limits.pssPerTurn, 10 * limits.noise);
  if (last.listeners > first.listeners) {
    found.push(`L3: listeners of the ${name} grew from ${first.listeners} to ${last.listeners}`);
  }
  return found;
}
