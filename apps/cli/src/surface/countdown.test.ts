import { expect, it } from 'vitest';
import { countdown, elapsed } from './countdown.ts';

const NOW = 1_795_600_000_000;

it.each([
  [null, 'not planned'],
  [10_005, 'in 0:10'],
  [192_000, 'in 3:12'],
  [3_723_000, 'in 1:02:03'],
  [90_061_000, 'in 1 d 01:01:01'],
  [400, 'now'],
  [0, 'now'],
  [-3_000, 'now'],
  [-3_001, 'due now, waiting for confirmation'],
  [-600_000, 'due now, waiting for confirmation'],
])('%j ms from now is told as %j', (left, text) => {
  expect(countdown(left === null ? null : NOW + left, NOW)).toBe(text);
});

it('what is past is counted up, and never from the future', () => {
  expect(elapsed(NOW - 61_000, NOW)).toBe('1:01');
  expect(elapsed(NOW + 5_000, NOW)).toBe('0:00');
});
