import { describe, expect, it } from 'vitest';
import type { ProbeDelta, ProbeEvent } from './probe-socket.ts';
import { difference, endFault, kindsOf, numberFault, onceEach, textOf } from './turn-facts.ts';

const events = (...types: string[]): ProbeEvent[] => types.map((type) => ({ type, turnId: 't' }));
const delta = (n: unknown, type = 'text-delta'): ProbeDelta => ({
  at: 0,
  n,
  event: { type },
  frame: { type: 'chat.delta' },
});

describe('how a turn ended', () => {
  it('is in order with one done and one turn-sealed behind everything', () => {
    expect(endFault(events('user-message', 'turn-start', 'done', 'turn-sealed'))).toBeUndefined();
  });

  it.each([
    [['turn-start', 'done'], 'turn-start, done'],
    [['turn-start', 'turn-sealed'], 'turn-start, turn-sealed'],
    [['done', 'turn-sealed', 'text-delta'], 'done, turn-sealed, text-delta'],
    [['done', 'text-delta', 'turn-sealed'], 'done, text-delta, turn-sealed'],
    [['done', 'done', 'turn-sealed'], '2 × done, turn-sealed'],
    [['done', 'turn-sealed', 'turn-sealed'], 'done, 2 × turn-sealed'],
    [['turn-sealed', 'done'], 'turn-sealed, done'],
    [[], 'nothing'],
  ])('%j is not', (types, told) => {
    expect(endFault(events(...types))).toBe(`it came as ${told}`);
  });
});

describe('the numbers of a turn', () => {
  it('begin at 0 and leave nothing out', () => {
    expect(numberFault([delta(0), delta(1), delta(2)])).toBeUndefined();
    expect(numberFault([])).toBeUndefined();
    expect(numberFault([delta(1)])).toContain('has n 1');
    expect(numberFault([delta(0), delta(2)])).toContain('event 1, text-delta, has n 2');
    expect(numberFault([delta(0), delta(0)])).toContain('has n 0');
    expect(numberFault([delta(undefined)])).toContain('has no n');
    expect(numberFault([delta('0')])).toContain('has n');
  });

  it('make what came twice count once', () => {
    expect(onceEach([delta(0), delta(1), delta(1), delta(2)]).map(({ n }) => n)).toEqual([0, 1, 2]);
    expect(onceEach([delta(undefined), delta(undefined)])).toHaveLength(2);
  });
});

describe('two tellings of one turn', () => {
  it('are the same only event by event', () => {
    const told = events('user-message', 'done');
    expect(difference(told, structuredClone(told), ['here', 'there'])).toBeUndefined();
    expect(difference(told, told.slice(0, 1), ['here', 'there'])).toContain('event 1 is');
    expect(difference([], told, ['here', 'there'])).toMatch(/^event 0 is missing here and/);
  });
});

it('text and kinds are told in short', () => {
  const told: ProbeEvent[] = [
    { type: 'turn-start' },
    { type: 'text-delta', delta: 'a' },
    { type: 'text-delta', delta: 'b' },
  ];
  expect(textOf(told)).toBe('ab');
  expect(kindsOf(told)).toBe('turn-start, 2 × text-delta');
});
