import { describe, expect, it } from 'vitest';
import { parseCallInput } from './call-input.ts';

const nested = (depth: number) => `{"x":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;

describe('parseCallInput', () => {
  it.each([
    ['nothing', ' ', {}],
    ['an object', '{"x":[1]}', { x: [1] }],
    [
      'many brackets in a text',
      JSON.stringify({ x: `\\"${'['.repeat(500)}` }),
      { x: `\\"${'['.repeat(500)}` },
    ],
    ['as deep as may be', nested(100), JSON.parse(nested(100))],
    ['many side by side', `{"x":[${'[],'.repeat(500)}[]]}`, { x: Array.from({ length: 501 }, () => []) }],
  ])('takes %s', (_, raw, input) => {
    expect(parseCallInput(raw, 10_000)).toEqual({ input });
  });

  it.each([
    ['T10: half of an object', '{"x":', 'the arguments are not valid JSON'],
    ['T10: more than one', '{}{}', 'the arguments are not valid JSON'],
    ['T10: deeper than anybody means', nested(101), 'the arguments are nested too deeply'],
    ['T10: without end', '['.repeat(900_000), 'the arguments are nested too deeply'],
    ['T14: quotes without end', '"\\"'.repeat(300_000), 'the arguments are not valid JSON'],
  ])('refuses %s, and keeps it', (_, raw, refusal) => {
    expect(parseCallInput(raw, 1_000_000)).toEqual({ input: raw, refusal });
  });

  it('refuses what is no object, and keeps its meaning', () => {
    expect(parseCallInput('[1]', 10)).toEqual({ input: [1], refusal: 'the arguments must be a JSON object' });
  });

  it('T14: keeps the beginning of what is too long', () => {
    expect(parseCallInput('x'.repeat(5_000), 4_999)).toEqual({
      input: 'x'.repeat(1_000),
      refusal: 'the arguments are too long',
    });
  });
});
