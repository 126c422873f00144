import { describe, expect, it } from 'vitest';
import { parseSafeJson } from './safe-json.ts';

const nested = (depth: number, open: string, close: string) => open.repeat(depth) + close.repeat(depth);

describe('parseSafeJson', () => {
  it.each(['', '{', '{"a":1', 'undefined', '{a:1}', "{'a':1}", '[1,]', '\ufeff{}', 'NaN', '01', '"\u0001"'])(
    'refuses %j',
    (text) => {
      expect(parseSafeJson(text)).toMatchObject({ ok: false, refusal: { code: 'invalid-json' } });
    },
  );

  it.each(['__proto__', 'constructor', 'prototype'])('S-24: refuses the key %s at any depth', (key) => {
    for (const text of [`{"${key}":{}}`, `{"a":[{"b":{"${key}":1}}]}`, `{"\\u005f${key.slice(1)}":1}`]) {
      const isSpelled = !text.includes('\\u005f') || key.startsWith('_');
      expect(parseSafeJson(text).ok).toBe(!isSpelled);
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('S-24: takes 32 levels and no more, and survives a hundred thousand', () => {
    expect(parseSafeJson(nested(32, '[', ']')).ok).toBe(true);
    expect(parseSafeJson(nested(33, '[', ']')).ok).toBe(false);
    expect(parseSafeJson(nested(100_000, '[', ']')).ok).toBe(false);
    expect(parseSafeJson(`${'{"a":'.repeat(33)}1${'}'.repeat(33)}`).ok).toBe(false);
  });

  it('S-24: takes ten thousand values and no more', () => {
    expect(parseSafeJson(JSON.stringify(Array(9_999).fill(0))).ok).toBe(true);
    expect(parseSafeJson(JSON.stringify(Array(10_000).fill(0))).ok).toBe(false);
  });

  it('L1: half a million values are refused in little more time than they take to be read', () => {
    const text = `[${'0,'.repeat(500_000)}0]`;
    const fastest = (work: () => unknown): number => {
      const times = Array.from({ length: 7 }, () => {
        const began = performance.now();
        work();
        return performance.now() - began;
      });
      return Math.min(...times);
    };
    const read = fastest(() => JSON.parse(text));
    expect(fastest(() => parseSafeJson(text))).toBeLessThan(4 * read + 10);
  });

  it('keeps what it takes as it is', () => {
    const value = { a: [1, 'x', null, true, { b: -1e308 }], 'to string': 'ok' };
    expect(parseSafeJson(JSON.stringify(value))).toEqual({ ok: true, value });
  });
});
