import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cutText,
  promptToolName,
  uniqueCallId,
  uniquePromptCallId,
  wellFormed,
  wellFormedJson,
} from './prompt-text.ts';

const anyText = fc.string({
  unit: fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\ud83d', '\ude00', '\\')),
});
const isWellFormed = (text: string) => Buffer.from(text, 'utf8').toString('utf8') === text;

describe('texts of a prompt', () => {
  it('have no half of a surrogate pair, and are not touched otherwise', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(wellFormed(text)).toBe(Buffer.from(text, 'utf8').toString('utf8'));
      }),
    );
  });

  it('are well-formed inside of JSON too, names of fields included', () => {
    expect(wellFormedJson({ ['a\ud83d']: ['\ude00\ud83d', '😀', '\\ud83d'] })).toEqual({
      ['a\ufffd']: ['\ufffd\ufffd', '😀', '\\ud83d'],
    });
    fc.assert(
      fc.property(fc.array(anyText), (texts) => {
        expect(wellFormedJson(texts)).toEqual(texts.map(wellFormed));
      }),
    );
  });

  it('are cut without tearing a pair apart', () => {
    expect([cutText('a😀b', 2), cutText('a😀b', 3), cutText('ab', 2)]).toEqual(['a', 'a😀', 'ab']);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(20), (text, length) => {
        const cut = cutText(text, length);
        expect(text.startsWith(cut) && cut.length <= length).toBe(true);
        expect(isWellFormed(cut)).toBe(isWellFormed(text));
      }),
    );
  });
});

describe('names of tools', () => {
  it('T10: are ones that every provider accepts and that no object has by itself', () => {
    const odd = fc.constantFrom('', 'toString', '__proto__', 'constructor', 'x'.repeat(300));
    fc.assert(
      fc.property(fc.oneof(anyText, odd), (name) => {
        expect(promptToolName(name)).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
        expect(promptToolName(name) in {}).toBe(false);
      }),
    );
    expect(['current-time', 'no such'].map(promptToolName)).toEqual(['current-time', 'no_such']);
  });
});

describe('ids of calls', () => {
  it('stay unique and are found at once', () => {
    const used = new Set(['x_2']);
    expect([uniqueCallId('x', used), uniqueCallId('x', used), uniqueCallId('', used)]).toEqual([
      'x',
      'x_3',
      'call',
    ]);
    for (let index = 0; index < 100_000; index += 1) uniqueCallId('x', used);
    expect(used.size).toBe(100_004);
  });

  it('are ones that every provider accepts, whatever was wanted', () => {
    const used = new Set<string>();
    fc.assert(
      fc.property(fc.oneof(anyText, fc.constant('x'.repeat(300))), (wanted) => {
        const before = used.size;
        expect(uniquePromptCallId(wanted, used)).toMatch(/^[a-zA-Z0-9_-]{1,40}$/);
        expect(used.size).toBe(before + 1);
      }),
    );
  });
});
