import type { Experiment, Verdict } from './experiment.ts';
import type { ProbeSession } from './probe-session.ts';

/** Experiments that are under way at once: most of them wait for a model. */
const AT_ONCE = 5;

export interface ProbeRun {
  readonly session: ProbeSession;
  readonly experiments: readonly Experiment[];
  /** Only these promises. */
  readonly isWanted: (id: string) => boolean;
  /** Each verdict, in the order of the experiments. */
  readonly onVerdict: (verdict: Verdict) => void;
  /** No further experiment begins once this is true. */
  readonly isStopped: () => boolean;
}

/** Runs the experiments that a wanted promise needs, several at once, and tells their verdicts in order. */
export async function runProbe(run: ProbeRun): Promise<readonly Verdict[]> {
  const { session, experiments, isWanted, onVerdict, isStopped } = run;
  const wanted = experiments.filter(({ promises }) => promises.some(({ id }) => isWanted(id)));
  const results: (readonly Verdict[] | undefined)[] = wanted.map(() => undefined);
  const told: Verdict[] = [];
  let next = 0;
  let reported = 0;
  const report = (): void => {
    for (let result = results[reported]; result !== undefined; result = results[reported]) {
      for (const verdict of result) {
        told.push(verdict);
        onVerdict(verdict);
      }
      reported += 1;
    }
  };
  const worker = async (): Promise<void> => {
    while (next < wanted.length && !isStopped()) {
      const place = next;
      next += 1;
      results[place] = await wanted[place]?.run(session, isWanted);
      report();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return told;
}
