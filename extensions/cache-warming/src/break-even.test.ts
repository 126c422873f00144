import { describe, expect, it } from 'vitest';
import { costUnwarmed, costWarmed } from './__fixtures__/costs.ts';
import { breakEven } from './break-even.ts';

const minute = 1;
const fiveMinutes = { write: 1.25, read: 0.1, lifetime: 5 * minute, interval: 4.5 * minute, overhead: 0 };
const hour = { write: 2, read: 0.1, lifetime: 60 * minute, interval: 55 * minute, overhead: 0 };

it.each([
  [7, 1.25, 0.2, 0.2, 0.2, 0.1, 0.1],
  [20, 1.25, 0.5, 1.45, 0.5, 0.1, 0.1],
  [45, 1.25, 1.1, 1.45, 1.1, 0.1, 0.1],
  [70, 1.25, 1.6, 1.45, 2.35, 2, 0.2],
  [240, 1.25, 5.4, 1.45, 2.35, 2, 0.5],
  [960, 1.25, 21.4, 1.45, 2.35, 2, 1.8],
  [1_440, 1.25, 32.1, 1.45, 2.35, 2, 2.7],
])('a return after %s minutes', (gap, none, all, two, eleven, noneHour, allHour) => {
  expect(costUnwarmed(fiveMinutes, gap)).toBeCloseTo(none);
  expect(costWarmed(fiveMinutes, gap)).toBeCloseTo(all);
  expect(costWarmed(fiveMinutes, gap, 2)).toBeCloseTo(two);
  expect(costWarmed(fiveMinutes, gap, 11)).toBeCloseTo(eleven);
  expect(costUnwarmed(hour, gap)).toBeCloseTo(noneHour);
  expect(costWarmed(hour, gap)).toBeCloseTo(allHour);
});

describe('break-even', () => {
  it('is 11.5 warms on five minutes and 19 on an hour', () => {
    expect(breakEven(fiveMinutes)?.warms).toBeCloseTo(11.5);
    expect(breakEven(fiveMinutes)?.after).toBeCloseTo(51.75);
    expect(breakEven({ ...fiveMinutes, interval: 4 })?.after).toBeCloseTo(46);
    expect(breakEven(hour)?.warms).toBeCloseTo(19);
  });

  it('the chance above which one more warm pays', () => {
    expect(breakEven(fiveMinutes, 1)?.chance).toBeCloseTo(0.087, 3);
    expect(breakEven(hour, 1)?.chance).toBeCloseTo(0.053, 3);
    expect(breakEven({ ...fiveMinutes, write: 1, read: 0.25 }, 1)?.chance).toBeCloseTo(1 / 3);
    expect(breakEven(fiveMinutes, 0.9)?.chance).toBeCloseTo(0.097, 3);
  });

  it('never comes where reading costs too much', () => {
    expect(breakEven({ ...fiveMinutes, write: 1, read: 0.5 }, 1)).toBeUndefined();
    expect(breakEven({ ...fiveMinutes, write: 1, read: 1 })).toBeUndefined();
  });

  it('comes sooner when a warm costs more than reading', () => {
    expect(breakEven({ ...fiveMinutes, overhead: 0.1 })?.warms).toBeCloseTo(5.75);
  });
});
