import { describe, expect, it } from 'vitest';
import { isVisibleText, visibleText } from './visible-text.ts';

describe('visibleText', () => {
  it.each([
    ['plain words, ä 日本 🙂', 'plain words, ä 日本 🙂'],
    ['two\nlines\r\n\tand a tab', 'two\\nlines\\r\\n\\tand a tab'],
    ['\u0000\u001b[31m\u0085', '\\u0000\\u001b[31m\\u0085'],
    ['gpj.\u202eexe', 'gpj.\\u202eexe'],
    ['a\u00a0b\u200bc\u3164d\u2800e\u00ade', 'a\\u00a0b\\u200bc\\u3164d\\u2800e\\u00ade'],
    ['tag \u{e0041}', 'tag \\U000e0041'],
    ['half \ud83d', 'half \\ud83d'],
  ])('S-54: writes out what a reader of %j would not see', (text, shown) => {
    expect(visibleText(text)).toBe(shown);
    expect(isVisibleText(text)).toBe(text === shown);
    expect(isVisibleText(visibleText(text))).toBe(true);
  });

  it('keeps different texts apart', () => {
    expect(visibleText('\\n')).toBe('\\\\n');
    expect(visibleText('\n')).toBe('\\n');
  });
});
