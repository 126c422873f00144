import { expect, it } from 'vitest';
import { CLOSE_CODES, isResumable } from './index.ts';

it('R7: each code has one meaning, and what it says about coming back is the rule of its range', () => {
  const codes = Object.values(CLOSE_CODES);
  expect(new Set(codes.map(({ code }) => code)).size).toBe(codes.length);
  for (const { code, resume } of codes) {
    expect([code, resume]).toEqual([code, code !== 1008 && code !== 1011 && code < 4000]);
    expect([code, isResumable(code)]).toEqual([code, resume]);
  }
});

it('R7: an unknown 4xxx means stop, a lost line and every other unknown code come back', () => {
  expect([4000, 4777, 4999].map(isResumable)).toEqual([false, false, false]);
  expect([1000, 1005, 1006, 1009, 1014, 3000].map(isResumable)).toEqual([true, true, true, true, true, true]);
});
