import { afterEach, describe, expect, it } from 'vitest';
import { modelStats } from './model-stats.ts';
import { periodRange } from './period-range.ts';

const zone = process.env['TZ'];
afterEach(() => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
});

const HOUR = 3_600_000;

describe('period ranges', () => {
  it('are half-open, in the server’s time zone', () => {
    process.env['TZ'] = 'Asia/Tokyo';
    const day = periodRange('day', '2026-11-21');
    expect(day).toEqual({ start: Date.UTC(2026, 10, 20, 15), end: Date.UTC(2026, 10, 21, 15) });
    expect(periodRange('month', '2026-12')).toEqual({
      start: Date.UTC(2026, 10, 30, 15),
      end: Date.UTC(2026, 11, 31, 15),
    });
  });

  it('a week is Monday to Sunday around the date, also over a year’s end', () => {
    process.env['TZ'] = 'UTC';
    const week = { start: Date.UTC(2026, 11, 28), end: Date.UTC(2027, 0, 4) };
    for (const date of ['2026-12-28', '2026-12-31', '2027-01-01', '2027-01-03']) {
      expect(periodRange('week', date)).toEqual(week);
    }
    expect(periodRange('week', '2027-01-04')?.start).toBe(week.end);
  });

  it('a day of a clock change has 23 or 25 hours, and neighbours meet without gap', () => {
    process.env['TZ'] = 'Europe/Berlin';
    const hours = (date: string): number => {
      const range = periodRange('day', date);
      return ((range?.end ?? 0) - (range?.start ?? 0)) / HOUR;
    };
    expect([hours('2026-03-28'), hours('2026-03-29'), hours('2026-10-25')]).toEqual([24, 23, 25]);
    expect(periodRange('day', '2026-03-29')?.end).toBe(periodRange('day', '2026-03-30')?.start);
  });

  it('impossible dates and the other period’s form are refused', () => {
    for (const date of [
      '2026-02-29',
      '2026-13-01',
      '2026-00-10',
      '2026-01-00',
      '2026-1-1',
      '2026-11',
      '',
      'x',
    ]) {
      expect(periodRange('day', date)).toBeUndefined();
      expect(periodRange('week', date)).toBeUndefined();
    }
    for (const date of ['2026-13', '2026-00', '2026-11-21', '11-2026']) {
      expect(periodRange('month', date)).toBeUndefined();
    }
    expect(periodRange('day', '2024-02-29')).toBeDefined();
  });
});

describe('model stats', () => {
  it('divide output by generation time to two decimals, fastest first, equal ones by name', () => {
    const row = (model: string, totalOutputTokens: number, totalGenMs: number) => ({
      model,
      totalOutputTokens,
      totalGenMs,
      turns: 1,
    });
    expect(
      modelStats([row('c/none', 10, 0), row('b/x', 100, 3000), row('a/x', 100, 3000), row('d/fast', 1, 1)]),
    ).toEqual([
      { model: 'd/fast', tokensPerSecond: 1000, totalOutputTokens: 1, totalGenMs: 1, turns: 1 },
      { model: 'a/x', tokensPerSecond: 33.33, totalOutputTokens: 100, totalGenMs: 3000, turns: 1 },
      { model: 'b/x', tokensPerSecond: 33.33, totalOutputTokens: 100, totalGenMs: 3000, turns: 1 },
      { model: 'c/none', tokensPerSecond: 0, totalOutputTokens: 10, totalGenMs: 0, turns: 1 },
    ]);
  });
});
