import type { Harness } from './harness.ts';
import { createRandom } from './random.ts';

/** How often figures are printed while a harness runs. */
const PROGRESS_MS = 5_000;
/** Violations printed one by one; the rest are counted. */
const PRINTED_VIOLATIONS = 20;

export interface RunOptions {
  readonly long: boolean;
  readonly seed: number;
  /** A harness that is not done by then has failed. */
  readonly limitMs: number;
  write(line: string): void;
}

/** Runs one harness and prints how it goes. False: it found something, did too little, threw, or did not come to an end. */
export async function runHarness(harness: Harness, options: RunOptions): Promise<boolean> {
  const { long, seed, limitMs, write } = options;
  const figures = new Map<string, number>();
  const floors = new Map<string, number>();
  const violations: string[] = [];
  const notes: string[] = [];
  const began = performance.now();
  const elapsed = () => `${((performance.now() - began) / 1000).toFixed(1)} s`;
  const told = () =>
    [...figures].map(([name, value]) => `${name} ${value.toLocaleString('en-GB')}`).join(' · ') || 'starting';

  write(`\n── ${harness.name} (${harness.proves.join(' ')}), seed ${seed}`);
  const progress = setInterval(() => write(`   ${elapsed()}  ${told()}`), PROGRESS_MS);
  let limit: NodeJS.Timeout | undefined;
  try {
    const tooLong = new Promise<never>((_, reject) => {
      limit = setTimeout(() => reject(new Error(`not done after ${limitMs / 1000} s`)), limitMs);
    });
    const attack = {
      long,
      random: createRandom(seed),
      count: (figure: string, by = 1) => figures.set(figure, (figures.get(figure) ?? 0) + by),
      floor: (figure: string, atLeast: number) => floors.set(figure, atLeast),
      violation: (text: string) => violations.push(text),
      note: (text: string) => notes.push(text),
    };
    await Promise.race([harness.run(attack), tooLong]);
    if (floors.size === 0) violations.push('the harness declared no floor');
  } catch (error) {
    violations.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  } finally {
    clearInterval(progress);
    clearTimeout(limit);
  }
  for (const [figure, atLeast] of floors) {
    const reached = figures.get(figure) ?? 0;
    if (reached < atLeast) violations.push(`too little was done: ${figure} ${reached}, at least ${atLeast}`);
  }
  for (const line of notes) write(`   ${line}`);
  for (const line of violations.slice(0, PRINTED_VIOLATIONS)) write(`   ✗ ${line}`);
  if (violations.length > PRINTED_VIOLATIONS)
    write(`   ✗ and ${violations.length - PRINTED_VIOLATIONS} more`);
  write(`── ${harness.name}: ${violations.length === 0 ? 'ok' : 'FAILED'} (${elapsed()}) ${told()}`);
  return violations.length === 0;
}
