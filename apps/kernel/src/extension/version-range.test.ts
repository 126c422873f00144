import { describe, expect, it } from 'vitest';
import { isVersion, satisfies } from './version-range.ts';

describe('satisfies', () => {
  it.each([
    ['0.1.0', '*', true],
    ['0.1.0', '0.1.0', true],
    ['0.1.1', '0.1.0', false],
    ['0.1.4', '^0.1.2', true],
    ['0.1.1', '^0.1.2', false],
    ['0.2.0', '^0.1.0', false],
    ['0.0.3', '^0.0.3', true],
    ['0.0.4', '^0.0.3', false],
    ['1.9.0', '^1.2.3', true],
    ['2.0.0', '^1.2.3', false],
    ['1.2.9', '~1.2.3', true],
    ['1.3.0', '~1.2.3', false],
    ['1.2.3', '>=1.0.0', false],
    ['1.2.3', '', false],
    ['1.2.3', '^1', false],
    ['x', '*', false],
  ])('%s in %s: %s', (version, range, expected) => {
    expect(satisfies(version, range)).toBe(expected);
  });

  it('knows a version from other text', () => {
    expect(['1.2.3', '1.2.3-rc.1', '1.2', 'v1.2.3', ''].map(isVersion)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});
