import { describe, expect, it } from 'vitest';
import { compileSchema } from './json-schema.ts';

const item = {
  type: 'object',
  required: ['name'],
  properties: { name: { type: 'string', maxLength: 5 } },
} as const;
const schema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    step: { type: 'integer', minimum: 1, default: 3 },
    unit: { enum: ['s', 'ms'] },
    items: { type: 'array', items: item, maxItems: 2 },
  },
} as const;
const fits = compileSchema(schema);

describe('a JSON Schema', () => {
  it('lets through what fits, with its defaults', () => {
    expect(fits({})).toEqual({ value: { step: 3 } });
    const given = { step: 9, unit: 's', items: [{ name: 'a', more: [1, null, { x: true }] }] };
    expect(fits(given)).toEqual({ value: given });
  });

  it.each<[unknown, RegExp]>([
    [{ step: 0 }, /^step: /],
    [{ step: 1.5 }, /^step: /],
    [{ step: 'secret-canary' }, /^step: /],
    [{ unit: 'secret-canary' }, /^unit: .*"s"/],
    [{ items: [{}] }, /^items\.0\.name: /],
    [{ items: [{ name: 'secret-canary' }] }, /^items\.0\.name: /],
    [{ items: [{ name: 'a' }, { name: 'b' }, { name: 'c' }] }, /^items: /],
    [{ colour: 1 }, /colour/],
    [[], /expected object/],
    [null, /expected object/],
  ])('tells what is wrong with %j and quotes no value', (value, fault) => {
    const answer = fits(value);
    expect(answer).toEqual({ fault: expect.stringMatching(fault) });
    expect(JSON.stringify(answer)).not.toMatch(/canary/);
  });

  it('one that cannot be read is refused', () => {
    expect(() => compileSchema({ type: 'nonsense' })).toThrow(/its schema cannot be used: /);
    expect(() => compileSchema({ not: { type: 'string' } })).toThrow(/its schema cannot be used: /);
  });
});
