import { describe, expect, it } from 'vitest';
import { leaks, type Sample } from './leaks.ts';
import { slope } from './slope.ts';

const limits = { bytesPerTurn: 500, pssPerTurn: 2_000, noise: 100_000 };
const MB = 1e6;

/** Ten samples, a thousand turns apart. */
const grow = (bytesPerTurn: number, pssPerTurn = bytesPerTurn): Sample[] =>
  Array.from({ length: 10 }, (_, index) => ({
    turns: index * 1_000,
    bytes: 20 * MB + index * 1_000 * bytesPerTurn + (index % 2) * 50_000,
    pss: 90 * MB + index * 1_000 * pssPerTurn - (index % 3) * 300_000,
    listeners: 7,
  }));

describe('the slope', () => {
  it('is that of a line, whatever its noise', () => {
    expect(slope([1, 2, 3, 4].map((x) => ({ x, y: 5 + 3 * x })))).toBeCloseTo(3);
    expect(slope([0, 2, 1, 3].map((y, x) => ({ x, y })))).toBeCloseTo(0.8);
  });

  it('is 0 where there is none', () => {
    expect(slope([])).toBe(0);
    expect(slope([{ x: 1, y: 9 }])).toBe(0);
    expect(
      slope([
        { x: 1, y: 9 },
        { x: 1, y: 5 },
      ]),
    ).toBe(0);
  });
});

describe('leaks', () => {
  it('are not seen in what is flat, shrinks, or grows within the limit', () => {
    for (const perTurn of [0, -900, 300]) expect(leaks('kernel', grow(perTurn), limits, 2)).toEqual([]);
  });

  it('are not seen in what grew while it warmed up', () => {
    const [first, ...rest] = grow(0);
    expect(leaks('kernel', [{ ...(first as Sample), bytes: MB, pss: MB }, ...rest], limits, 1)).toEqual([]);
  });

  it('are not seen in less than the noise', () => {
    const short = grow(900).map((sample) => ({
      ...sample,
      turns: sample.turns / 100,
      bytes: sample.bytes / 100,
    }));
    expect(leaks('kernel', short, limits, 0).filter((line) => line.includes('living'))).toEqual([]);
  });

  it('are seen in objects, in pages, and in listeners', () => {
    expect(leaks('kernel', grow(900, 0), limits, 2)).toMatchObject([
      expect.stringContaining('living objects'),
    ]);
    expect(leaks('kernel', grow(0, 4_000), limits, 2)).toMatchObject([
      expect.stringContaining('memory pages'),
    ]);
    const listening = grow(0).map((sample, index) => ({ ...sample, listeners: 7 + index }));
    expect(leaks('kernel', listening, limits, 2)).toMatchObject([expect.stringContaining('listeners')]);
  });

  it('cannot be told from too few samples', () => {
    expect(leaks('kernel', grow(0).slice(0, 4), limits, 2)).toEqual(['kernel: too few samples']);
  });
});
