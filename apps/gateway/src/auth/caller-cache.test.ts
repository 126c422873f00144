import { expect, it } from 'vitest';
import { HeldClock } from '../__fixtures__/held-clock.ts';
import { type Caller, LOCAL_CALLER } from './caller.ts';
import { CallerCache } from './caller-cache.ts';

const shown = (secret: string) => ({ via: 'bearer', secret }) as const;

it('A4: an answer is good for five seconds, and never longer than the credential', () => {
  const clock = new HeldClock();
  const cache = new CallerCache(clock);
  const short: Caller = { ...LOCAL_CALLER, expiresAt: clock.wall() + 1_000 };
  cache.keep(shown('a'), { caller: LOCAL_CALLER, askedAt: clock.mono() });
  cache.keep(shown('b'), { caller: short, askedAt: clock.mono() });
  expect(cache.find({ via: 'cookie', secret: 'a' })).toBeUndefined();
  clock.advance(1_000);
  expect(cache.find(shown('b'))).toBeUndefined();
  clock.advance(3_999);
  expect(cache.find(shown('a'))?.caller).toBe(LOCAL_CALLER);
  clock.advance(1);
  expect(cache.find(shown('a'))).toBeUndefined();
  expect(cache.size).toBe(0);
});

it('A4: forgets whom it is told to forget', () => {
  const clock = new HeldClock();
  const cache = new CallerCache(clock);
  cache.keep(shown('a'), { caller: LOCAL_CALLER, askedAt: 0 });
  cache.forget(({ principal }) => principal.sessionId === 'other');
  expect(cache.size).toBe(1);
  cache.forget(({ principal }) => principal.sessionId === 'local');
  expect(cache.size).toBe(0);
});

it('L1: holds ten thousand at most, the newest', () => {
  const cache = new CallerCache(new HeldClock());
  for (let index = 0; index <= 10_000; index += 1) {
    cache.keep(shown(`t${index}`), { caller: LOCAL_CALLER, askedAt: 0 });
  }
  expect(cache.size).toBe(10_000);
  expect(cache.find(shown('t0'))).toBeUndefined();
  expect(cache.find(shown('t10000'))).toBeDefined();
});
