import { describe, expect, it } from 'vitest';
import { allExperiments } from './all-experiments.ts';
import { choosePromises } from './choose-promises.ts';
import { allWarmingExperiments } from './warming/all-warming-experiments.ts';

const ids = [
  'A.3-1',
  'A.3-10',
  'A.4-1',
  'B.4-4a',
  'B.4-4b',
  'B.4-1a',
  'B.4-12',
  'T5-1',
  'stop-1',
  'stored-as-streamed',
  'D1',
];
const chosen = (...list: string[]) => ids.filter(choosePromises(list, ids));

describe('choosing promises', () => {
  it('means all when nothing is said', () => {
    expect(chosen()).toEqual(ids);
    expect(chosen(' , ')).toEqual(ids);
  });

  it.each([
    [['A.3'], ['A.3-1', 'A.3-10']],
    [['A.3-1'], ['A.3-1']],
    [['A'], ['A.3-1', 'A.3-10', 'A.4-1']],
    [['B.4-4'], ['B.4-4a', 'B.4-4b']],
    [['B.4-1'], ['B.4-1a']],
    [['stop'], ['stop-1']],
    [
      ['T5,D1', 'A.4'],
      ['A.4-1', 'T5-1', 'D1'],
    ],
  ])('%j means %j', (list, expected) => {
    expect(chosen(...list)).toEqual(expected);
  });

  it('refuses what nothing is called', () => {
    expect(() => chosen('A.3', 'A.9')).toThrow('No promise is called A.9.');
    expect(() => chosen('a.3')).toThrow('a.3');
  });
});

describe('the promises', () => {
  const all = new Set([...allExperiments, ...allWarmingExperiments]);
  const promises = [...all].flatMap((one) => one.promises);

  it('have ids of their own and say what they are in a sentence', () => {
    expect(new Set(promises.map(({ id }) => id)).size).toBe(promises.length);
    for (const { id, says } of promises) {
      expect(id).toMatch(/^([A-Z]\.?\d+(-\d+[a-z]?)?|[a-z]+(-[a-z0-9]+)*)$/);
      expect(says).toMatch(/^\S.{15,140}\.$/);
    }
    expect(promises.length).toBeGreaterThan(140);
  });
});
