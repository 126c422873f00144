import { expect, it } from 'vitest';
import { replaceTurn } from './replace-turn.ts';

const replaced = (supersedes: string, turnId: string | null) =>
  ({
    type: 'turn-replaced',
    conversationId: 'c',
    turnId,
    supersedes,
    beatId: 'b',
    version: 2,
    versions: 2,
  }) as const;

it('RG5: the new version stands where the old one stood, without what followed that one', () => {
  expect(replaceTurn(['a', 'b', 'c'], replaced('b', 'x'))).toEqual(['a', 'x']);
  expect(replaceTurn(['a', 'b'], replaced('b', null))).toEqual(['a']);
});

it('leaves alone what is not on screen', () => {
  const shown = ['a', 'b'];
  expect(replaceTurn(shown, replaced('y', 'x'))).toBe(shown);
});

it('G4: applied twice it is the same as applied once', () => {
  const ids = ['a', 'b', 'c', 'd'];
  const lists = ids.flatMap((one, at) => [[one], ids.slice(at), [...ids.slice(0, at)].reverse()]);
  for (const shown of lists) {
    for (const supersedes of ids) {
      for (const turnId of [...ids, null]) {
        const once = replaceTurn(shown, replaced(supersedes, turnId));
        expect(replaceTurn(once, replaced(supersedes, turnId))).toEqual(once);
        expect(new Set(once).size).toBe(once.length);
      }
    }
  }
});
