import { describe, expect, it } from 'vitest';
import type { Attack } from './harness.ts';
import { createRandom } from './random.ts';
import { runHarness } from './run-harness.ts';

const run = async (attacks: (attack: Attack) => Promise<void>, limitMs = 1_000) => {
  const lines: string[] = [];
  const harness = { name: 'planted', proves: ['D1'], plantedBugs: [], run: attacks };
  const ok = await runHarness(harness, { long: false, seed: 1, limitMs, write: (line) => lines.push(line) });
  return { ok, text: lines.join('\n') };
};

describe('a harness', () => {
  it('passes when it reached its floor and found nothing', async () => {
    const { ok, text } = await run(async ({ count, floor, note }) => {
      floor('kills', 2);
      count('kills', 2);
      note('ready after 12 ms');
    });
    expect(ok).toBe(true);
    expect(text).toContain('planted (D1), seed 1');
    expect(text).toContain('ready after 12 ms');
    expect(text).toMatch(/planted: ok \(\d+\.\d s\) kills 2$/);
  });

  it.each<[string, (attack: Attack) => Promise<void>, string]>([
    ['did too little', async ({ floor }) => floor('kills', 1), 'too little was done: kills 0, at least 1'],
    ['declared no floor', async () => undefined, 'declared no floor'],
    [
      'found something',
      async ({ floor, violation }) => {
        floor('kills', 0);
        violation('D1: lost');
      },
      '✗ D1: lost',
    ],
    ['threw', async () => Promise.reject(new Error('broken')), 'broken'],
    ['never ends', () => new Promise(() => undefined), 'not done after 0.05 s'],
  ])('fails when it %s', async (_, attacks, says) => {
    const { ok, text } = await run(attacks, 50);
    expect(ok).toBe(false);
    expect(text).toContain(says);
    expect(text).toContain('planted: FAILED');
  });
});

describe('chance', () => {
  it('repeats with its seed and differs with another', () => {
    const draw = (seed: number) => {
      const random = createRandom(seed);
      return Array.from({ length: 50 }, () => random.integer(0, 9));
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
    expect(new Set(draw(7))).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
  });
});
