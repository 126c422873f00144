import { describe, expect, it } from 'vitest';
import { closestWord } from './closest-word.ts';

const known = ['defaultModel', 'fallbackModels', 'host', 'httpPort', 'wsPort'];

describe('the word that was meant', () => {
  it.each([
    ['defaultModell', 'defaultModel'],
    ['defualtModel', 'defaultModel'],
    ['DefaultModel', 'defaultModel'],
    ['fallbackModel', 'fallbackModels'],
    ['htpPort', 'httpPort'],
    ['hots', 'host'],
  ])('%s is probably %s', (word, meant) => {
    expect(closestWord(word, known)).toBe(meant);
  });

  it.each(['colour', 'x', '', 'modelDefault'])('%j is none of them', (word) => {
    expect(closestWord(word, known)).toBeUndefined();
  });
});
