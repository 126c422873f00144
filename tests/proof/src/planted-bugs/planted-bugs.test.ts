import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { harnesses } from '../harnesses.ts';

const planted = harnesses.flatMap(({ name, plantedBugs }) => plantedBugs.map((bug) => ({ name, ...bug })));

describe('planted bugs', () => {
  it.each(planted)('still fits the code: $name, $mistake', ({ file, find, replace }) => {
    const text = readFileSync(new URL(`../../../../${file}`, import.meta.url), 'utf8');
    expect(text.split(find)).toHaveLength(2);
    expect(replace).not.toBe(find);
  });

  it('every harness has one', () => {
    expect(harnesses.filter(({ plantedBugs }) => plantedBugs.length === 0)).toEqual([]);
  });
});
