import type { Attack } from '../harness.ts';

/** Counts what was made of each kind, where there are too many kinds for a line of figures. */
export interface Coverage {
  hit(kind: string): void;
  /** A kind that was made less often than this was not attacked: a violation. */
  check(kinds: readonly string[], atLeast: number, attack: Attack): void;
}

export function createCoverage(): Coverage {
  const hits = new Map<string, number>();
  return {
    hit: (kind) => void hits.set(kind, (hits.get(kind) ?? 0) + 1),
    check: (kinds, atLeast, { violation, note }) => {
      const made = kinds.map((kind) => [kind, hits.get(kind) ?? 0] as const);
      for (const [kind, times] of made) {
        if (times < atLeast) violation(`too little was done: ${kind} ${times} times, at least ${atLeast}`);
      }
      note(
        `${kinds.length} kinds of input, each at least ${Math.min(...made.map(([, times]) => times))} times`,
      );
    },
  };
}
