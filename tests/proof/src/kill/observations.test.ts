import { describe, expect, it } from 'vitest';
import { type Observations, type StoredRow, violations } from './observations.ts';

const log: readonly StoredRow[] = [
  { seq: 1, role: 'user', turnId: 't', chunk: { type: 'text', text: 'hi' } },
  { seq: 2, role: 'assistant', turnId: 't', chunk: { type: 'text', text: 'hello' } },
];
const good: Observations = {
  acknowledged: new Map([['t', 'hi']]),
  seen: new Map([['t', [{ type: 'text-delta', delta: 'hello' }, { type: 'done' }, { type: 'turn-sealed' }]]]),
  contradictions: [],
};

describe('the checker', () => {
  it('is silent when everything holds', () => {
    expect(violations(good, log, [{ turnId: 't' }])).toEqual([]);
  });

  it.each<[string, Observations, readonly StoredRow[], readonly { turnId: string }[]]>([
    ['D1', good, [], []],
    ['D3', good, [log[0]!, { ...log[1]!, chunk: { type: 'text', text: 'hell' } }], [{ turnId: 't' }]],
    ['Q1', good, [log[0]!, { ...log[1]!, seq: 3 }], [{ turnId: 't' }]],
    ['T1', good, log, [{ turnId: 't' }, { turnId: 't' }]],
    [
      'T1',
      { ...good, seen: new Map([['t', [{ type: 'text-delta', delta: 'hello' }]]]) },
      log,
      [{ turnId: 't' }],
    ],
    ['R1', { ...good, contradictions: ['R1: a gap'] }, log, [{ turnId: 't' }]],
  ])('catches a planted violation of %s', (id, observed, rows, metrics) => {
    expect(violations(observed, rows, metrics).some((line) => line.startsWith(id))).toBe(true);
  });
});
