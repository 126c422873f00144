import { describe, expect, it } from 'vitest';
import { HeldClock } from '../__fixtures__/held-clock.ts';
import { Buckets } from './buckets.ts';
import { readLimits } from './limits.ts';
import { MessageLimit } from './message-limit.ts';
import { RateLimit } from './rate-limit.ts';
import { perMinute, TokenBucket } from './token-bucket.ts';

describe('a token bucket', () => {
  it('gives what it holds at once, then what comes back, and says how long that takes', () => {
    const clock = new HeldClock();
    const bucket = new TokenBucket({ capacity: 60, perMs: 1 / 1024 }, clock);
    for (let index = 0; index < 60; index += 1) expect(bucket.take()).toBeUndefined();
    expect(bucket.take()).toBe(1_024);
    clock.advance(1_023);
    expect(bucket.take()).toBe(1);
    clock.advance(1);
    expect([bucket.take(), bucket.take()]).toEqual([undefined, 1_024]);
    clock.advance(10 * 60_000);
    expect(bucket.left).toBe(60);
  });

  it('keeps a part back for those who may use all of it', () => {
    const bucket = new TokenBucket({ capacity: 4, perMs: 1 }, new HeldClock());
    expect([bucket.take(2), bucket.take(2), bucket.take(2)]).toEqual([undefined, undefined, 1]);
    expect([bucket.take(), bucket.take(), bucket.take()]).toEqual([undefined, undefined, 1]);
  });

  it('without a limit is never empty', () => {
    const bucket = new TokenBucket(perMinute(Number.POSITIVE_INFINITY), new HeldClock());
    for (let index = 0; index < 10_000; index += 1) expect(bucket.take()).toBeUndefined();
  });
});

describe('buckets by name', () => {
  it('P4: each starts full, is refilled by time alone, and is of one person', () => {
    const clock = new HeldClock();
    const buckets = new Buckets(perMinute(60), clock);
    const take = (name: string) => buckets.of(name).take();
    for (let count = 0; count < 60; count += 1) expect(take('a')).toBeUndefined();
    expect([take('a'), take('b')]).toEqual([1_000, undefined]);
    clock.advance(400);
    expect(take('a')).toBe(600);
    clock.advance(600);
    expect([take('a'), take('a')]).toEqual([undefined, 1_000]);
  });
});

describe('a rate limit', () => {
  it('L2: one who uses up theirs costs nobody else anything, and is told when to come back', () => {
    const clock = new HeldClock();
    const limit = new RateLimit('person', 2, clock);
    expect(limit.take('ann').headers).toEqual({
      'RateLimit-Policy': '"person";q=2;w=60',
      RateLimit: '"person";r=1;t=30',
    });
    expect(limit.take('ann').refusal).toBeUndefined();
    expect(limit.take('ann').refusal).toMatchObject({ code: 'rate-limited', retryAfterMs: 30_000 });
    expect(limit.take('bob').refusal).toBeUndefined();
    clock.advance(30_000);
    expect(limit.take('ann').refusal).toBeUndefined();
  });

  it('L1: remembers twenty thousand at most, and forgets who was away longest', () => {
    const limit = new RateLimit('address', 1, new HeldClock());
    for (let index = 0; index <= 20_000; index += 1) limit.take(`a${index}`);
    expect(limit.size).toBe(20_000);
    expect(limit.take('a20000').refusal).toBeDefined();
    expect(limit.take('a0').refusal).toBeUndefined();
  });
});

describe('what one connection may send', () => {
  const limits = readLimits(undefined, 'token');
  const flood = (limit: MessageLimit, count: number) => Array.from({ length: count }, () => limit.take());

  it('WS6: sixty at once, then a hundred a minute', () => {
    const clock = new HeldClock();
    const limit = new MessageLimit(limits, clock);
    expect(flood(limit, 60).every((over) => over === undefined)).toBe(true);
    expect(limit.take()).toEqual({ retryAfterMs: 600, isLast: false });
    clock.advance(600);
    expect([limit.take(), limit.take()]).toEqual([undefined, { retryAfterMs: 600, isLast: false }]);
  });

  it('RT-16: who was told and goes on is sent away at the third breach within a minute', () => {
    const clock = new HeldClock();
    const limit = new MessageLimit(limits, clock);
    flood(limit, 100);
    clock.advance(1_000);
    expect(flood(limit, 5).some((over) => over?.isLast)).toBe(false);
    clock.advance(1_000);
    expect(flood(limit, 5).some((over) => over?.isLast)).toBe(true);
  });

  it('RT-16: breaches further apart than that are forgotten; a flood is more than one', () => {
    const clock = new HeldClock();
    const limit = new MessageLimit(limits, clock);
    for (let minute = 0; minute < 5; minute += 1) {
      expect(flood(limit, 110).some((over) => over?.isLast)).toBe(false);
      clock.advance(61_000);
    }
    expect(flood(limit, 400).some((over) => over?.isLast)).toBe(true);
  });
});

describe('limits', () => {
  it('the owner on their own machine has none but those that keep the process alive', () => {
    const { connections, unsentBytes, ...others } = readLimits(undefined, 'local');
    expect(new Set(Object.values(others))).toEqual(new Set([Number.POSITIVE_INFINITY]));
    expect(connections).toBeGreaterThanOrEqual(64);
    expect(connections).toBeLessThanOrEqual(20_000);
    expect(unsentBytes).toBe(256 * 1024 * 1024);
  });

  it('each can be set, and 0 takes it away', () => {
    expect(readLimits({ connectionsPerUser: 5, handshakes: 0 }, 'token')).toMatchObject({
      connectionsPerUser: 5,
      handshakes: Number.POSITIVE_INFINITY,
      connectionsPerAddress: 100,
    });
    expect(readLimits({ messagesPerMinute: 30 }, 'local')).toMatchObject({
      messagesPerMinute: 30,
      messageBurst: 60,
    });
  });
});
