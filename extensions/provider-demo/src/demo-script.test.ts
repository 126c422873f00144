import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scriptedSteps, waitAsked } from './demo-script.ts';

describe('scriptedSteps', () => {
  const read = (asked: string) =>
    scriptedSteps(asked).map(({ calls }) => calls.map(({ toolName, input }) => `${toolName} ${input}`));

  it.each([
    ['What time is it?', []],
    ['recall: x', []],
    ['call: a', [['a {}']]],
    ['please call: a {"x": [1]} now', [['a {"x": [1]}']]],
    ['call: a {"x":1} call: b {"y":{"z":"}"}} call: a', [['a {"x":1}', 'b {"y":{"z":"}"}}', 'a {}']]],
    [
      'call: a {} then call: b {"t":"\\"then call: c"} and\nthen call: a',
      [['a {}'], ['b {"t":"\\"then call: c"}'], ['a {}']],
    ],
    ['call: a {"broken": [} call', [['a {"broken": [}']]],
    ['call: a {"never": ', [['a {}']]],
  ])('%j', (asked, steps) => {
    expect(read(asked)).toEqual(steps);
  });

  it('gives back the arguments it was given, whatever is in them', () => {
    const args = fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true });
    fc.assert(
      fc.property(fc.array(args, { maxLength: 4 }), (inputs) => {
        const asked = inputs.map((input) => `call: tool ${JSON.stringify(input)}`).join(' then ');
        const steps = scriptedSteps(asked).map(({ calls }) => calls.map(({ input }) => input));
        expect(steps).toEqual(inputs.map((input) => [JSON.stringify(input)]));
      }),
    );
  });
});

describe('waitAsked', () => {
  it.each([
    ['nothing', 0],
    ['await: 5s', 0],
    ['wait: 5s', 5_000],
    ['first wait: 1.5 s, then', 1_500],
    ['wait:250ms', 250],
    ['wait: 3 minutes', 0],
    ['wait: 999999s', 45_000],
  ])('%j', (asked, ms) => {
    expect(waitAsked(asked)).toBe(ms);
  });
});
