import type { JsonValue } from '@dispatch/extension-api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeFile } from './write-file.ts';

const { approval } = writeFile();
if (approval === undefined) throw new Error('write-file asks first');

describe('S-54: what a person reads before a file is written', () => {
  it.each<[JsonValue, string, string]>([
    [{ path: 'a.txt', content: 'ä' }, 'Write the file a.txt (2 bytes)', 'a.txt'],
    [{ path: './b//c', content: '', createOnly: true }, 'Write the new file b/c (0 bytes)', 'b/c'],
    [{ path: 'gpj.\u202eexe', content: '' }, 'Write the file gpj.\\u202eexe (0 bytes)', 'gpj.\u202eexe'],
  ])('%j', (input, summary, pattern) => {
    expect(approval.summary(input)).toBe(summary);
    expect(approval.pattern(input)).toBe(pattern);
  });

  it('a long one says first how long it is, so that no end hides behind a cut', () => {
    const path = 'a'.repeat(200);
    const summary = approval.summary({ path: `${path}/${path}`, content: '' });
    expect(summary).toBe(`(426 characters in all) Write the file ${path}/${path} (0 bytes)`);
  });

  it('"always" for a path covers every way to write it, and no other path', () => {
    const of = (path: string) => approval.pattern({ path, content: '' });
    expect(of('./a//b')).toBe(of('a/b'));
    expect(of('a/b/c')).not.toBe(of('a/b'));
    expect(of('A/b')).not.toBe(of('a/b'));
  });

  it('says of a call that will be refused that it will be', () => {
    for (const input of [null, 7, [], {}, { path: '../x', content: '' }, { path: 'a\nb', content: '' }]) {
      expect(approval.summary(input)).toMatch(/^Write a file, which will be refused: .+/);
      expect(approval.pattern(input)).toBe('/ (no file inside the working directory)');
    }
    expect(approval.summary({ path: 'a', content: 'x'.repeat(1_048_577) })).toMatch(/at most 1048576/);
  });

  it('is one line and a pattern, whatever a model passes', () => {
    const anything = fc.oneof(
      fc.jsonValue(),
      fc.record({ path: fc.string({ unit: 'binary' }), content: fc.string({ unit: 'binary' }) }),
    );
    fc.assert(
      fc.property(anything, (input) => {
        const summary = approval.summary(input as JsonValue);
        expect(summary).toMatch(/^(\(\d+ characters in all\) )?Write .+$/u);
        expect(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(summary)).toBe(false);
        expect(approval.pattern(input as JsonValue)).not.toBe('');
      }),
      { numRuns: 2_000 },
    );
  });
});
