import { describe, expect, it } from 'vitest';
import { dataOf, LineCutter } from './sse-lines.ts';

describe('LineCutter', () => {
  const text = 'a\nb\r\nc\rd\n\n\r\n\r\re';
  const whole = ['a', 'b', 'c', 'd', '', '', '', ''];

  it('cuts at LF, CRLF and CR', () => {
    const cutter = new LineCutter();
    expect(cutter.feed(text)).toEqual(whole);
    expect(cutter.rest()).toBe('e');
  });

  it('cuts the same wherever the text is split', () => {
    for (let first = 0; first <= text.length; first += 1) {
      for (let second = first; second <= text.length; second += 1) {
        const cutter = new LineCutter();
        const pieces = [text.slice(0, first), text.slice(first, second), text.slice(second)];
        expect(pieces.flatMap((piece) => cutter.feed(piece))).toEqual(whole);
        expect(cutter.rest()).toBe('e');
      }
    }
  });

  it('L1: tells how long a line is that is still growing', () => {
    const cutter = new LineCutter();
    const seen = ['ab', 'cd\ne', 'f\n', ''].map((text) => [cutter.feed(text), cutter.pendingLength]);
    expect(seen).toEqual([
      [[], 2],
      [['abcd'], 1],
      [['ef'], 0],
      [[], 0],
    ]);
  });
});

it('dataOf reads data lines only, with and without the space', () => {
  expect(['data: x', 'data:x', 'data:  x', 'data:', 'data', ': data: x', 'event: x'].map(dataOf)).toEqual([
    ...['x', 'x', ' x', ''],
    ...[undefined, undefined, undefined],
  ]);
});
