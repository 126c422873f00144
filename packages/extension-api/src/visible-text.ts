/** What a reader cannot see, or takes for something else: controls, signs that turn the direction of text, odd spaces, blank letters, signs without a meaning. */
const UNSEEN = /(?! )[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/gu;

const NAMED: ReadonlyMap<string, string> = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

/** Whether text on a screen shows everything that is in it. */
export function isVisibleText(text: string): boolean {
  return text.search(UNSEEN) < 0;
}

/**
 * Text on one line, without anything unseen: `\n`, `\r` and `\t`, else `\u` with four or `\U` with eight hexadecimal digits; a backslash as two. Different
 * texts stay different.
 */
export function visibleText(text: string): string {
  return text.replaceAll('\\', '\\\\').replace(UNSEEN, (sign) => {
    const code = sign.codePointAt(0) ?? 0;
    const hex = code.toString(16);
    return NAMED.get(sign) ?? (code > 0xffff ? `\\U${hex.padStart(8, '0')}` : `\\u${hex.padStart(4, '0')}`);
  });
}
