const UNITS: readonly (readonly [ms: number, name: string])[] = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
];

/** A duration in its largest unit: `3 min`, `2 d`; anything below a second is `now`. */
export function ago(ms: number): string {
  for (const [unit, name] of UNITS) if (ms >= unit) return `${Math.floor(ms / unit)} ${name}`;
  return 'now';
}

/** The text on one line and within so many characters, marked where it was cut. */
export function cutTo(text: string, width: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  const characters = [...line];
  return characters.length <= width ? line : `${characters.slice(0, width - 1).join('')}…`;
}

/** A tool's input or result, as far as a line has room for it. */
export function brief(value: unknown): string {
  return cutTo(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''), 120);
}

/** What is safe to show of text from elsewhere: no escape sequences that could steer the terminal. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '');
}
