import { expect, it } from 'vitest';
import { HeldClock } from './__fixtures__/held-clock.ts';
import { TokenBuckets } from './token-buckets.ts';

it('P4: a bucket starts full, is refilled by time alone, and is of one person', () => {
  const clock = new HeldClock();
  const buckets = new TokenBuckets({ clock, capacity: 60, refillMs: 60_000 });
  for (let count = 0; count < 60; count += 1) expect(buckets.take('a')).toBe(0);
  expect(buckets.take('a')).toBe(1_000);
  expect(buckets.take('b')).toBe(0);
  clock.advance(400);
  expect(buckets.take('a')).toBe(600);
  clock.advance(600);
  expect(buckets.take('a')).toBe(0);
  expect(buckets.take('a')).toBe(1_000);
});

it('L1: a bucket that is full again is forgotten', () => {
  const clock = new HeldClock();
  const buckets = new TokenBuckets({ clock, capacity: 60, refillMs: 60_000 });
  for (let person = 0; person < 1_000; person += 1) buckets.take(`${person}`);
  expect(buckets.size).toBe(1_000);
  clock.advance(60_000);
  expect([buckets.size, clock.pending]).toEqual([0, 0]);
});
