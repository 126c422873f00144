import type { Style } from '../style.ts';
import { printable } from '../wording.ts';

/** Where and when a surface is shown. */
export interface SurfaceView {
  /** The backend's clock, epoch milliseconds. */
  readonly now: number;
  /** In characters. Undefined: lines are as long as they are. */
  readonly width: number | undefined;
  readonly style: Style;
}

/** One row: something with a name and what is to be told of it. */
export interface Row {
  readonly label: string;
  /** What fits itself into its room is a function of it; room is undefined where nothing is shortened. */
  readonly value: string | ((room: number | undefined) => string);
  /** Colours what it is given, without changing its text. */
  readonly paint?: (text: string) => string;
}

/** Text from elsewhere on one line, without anything that could steer the terminal. */
export function oneLine(text: unknown): string {
  return printable(String(text).replace(/\s+/g, ' ')).trim();
}

/** Takes two columns of a terminal, or none. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
const NONE = /^(?:\p{M}|\u200b|\u200c|\u200d)$/u;

/** How many columns of a terminal it takes. */
export function lengthOf(text: string): number {
  let length = 0;
  for (const character of text) length += NONE.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return length;
}

/** Filled up with spaces. */
export const padTo = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - lengthOf(text)));

/** Breaks at spaces, and inside words that are too long, into lines of at most so many columns. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (lengthOf(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    line = '';
    for (const character of word) {
      if (line !== '' && lengthOf(line) + lengthOf(character) > width) {
        lines.push(line);
        line = '';
      }
      line += character;
    }
  }
  return [...lines, line];
}

/** Longest name that the column of names makes room for, in characters. */
const LABEL_ROOM = 28;
const GAP = 2;
/** A value is never broken into pieces smaller than this. */
const VALUE_ROOM = 16;

/** How wide the column of names is. */
export function labelWidth(rows: readonly Row[]): number {
  return Math.min(LABEL_ROOM, Math.max(0, ...rows.map(({ label }) => lengthOf(label))));
}

/** A row on as many lines as its value needs, which stand below each other; a name that is too long has a line of its own. */
export function rowLines({ label, value, paint = (text) => text }: Row, names: number, view: SurfaceView) {
  const indent = label === '' ? 0 : names + GAP;
  const room = view.width === undefined ? undefined : Math.max(VALUE_ROOM, view.width - indent);
  const text = typeof value === 'string' ? value : value(room);
  const lines = (room === undefined ? [text] : wrap(text, room)).map(
    (line) => ' '.repeat(indent) + paint(line),
  );
  if (label === '') return lines;
  if (lengthOf(label) > names) return [label, ...lines];
  const [first = '', ...more] = lines;
  return [padTo(label, indent) + first.slice(indent), ...more];
}

/** A figure with its unit: `240 s`, `12%`, `$0.5`. */
export function withUnit(value: number, unit: string | undefined): string {
  if (unit === undefined || unit === '') return String(value);
  const text = oneLine(unit);
  if (text === '%') return `${value}%`;
  return ['$', '€', '£', '¥'].includes(text) ? `${text}${value}` : `${value} ${text}`;
}
