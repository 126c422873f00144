import type { Style } from '../style.ts';

/** pino's numbers. */
const LEVELS: readonly (readonly [from: number, name: string])[] = [
  [60, 'fatal'],
  [50, 'error'],
  [40, 'warn'],
  [30, 'info'],
  [20, 'debug'],
  [10, 'trace'],
];

const WARN = 40;

/** Fields every line has or that are shown in their own place. */
const PLACED_FIELDS: readonly string[] = ['level', 'time', 'msg', 'pid', 'hostname', 'name', 'app', 'v'];

/** What to show of a line a child wrote to stderr; undefined: below the wanted level. */
export function formatLogLine(
  line: string,
  child: string,
  verbose: boolean,
  style: Style,
): string | undefined {
  const record = parseRecord(line);
  // Not a log record: a refusal to start, a crash, a warning of Node. Always shown.
  if (record === undefined) return line.startsWith('dispatch ') ? line : `${style.dim(child)} ${line}`;
  const level = typeof record['level'] === 'number' ? record['level'] : WARN;
  if (!verbose && level < WARN) return undefined;
  const name = LEVELS.find(([from]) => level >= from)?.[1] ?? 'trace';
  const shown = level >= 50 ? style.red(name) : level >= WARN ? style.yellow(name) : style.dim(name);
  const fields = Object.entries(record)
    .filter(([key]) => !PLACED_FIELDS.includes(key))
    .map(([key, value]) => `${key}=${fieldText(value)}`);
  return [
    style.dim(timeOfDay(record['time'])),
    child,
    shown,
    typeof record['msg'] === 'string' ? record['msg'] : '',
    style.dim(fields.join(' ')),
  ]
    .filter((part) => part !== '')
    .join(' ');
}

function parseRecord(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

function timeOfDay(time: unknown): string {
  if (typeof time !== 'number' && typeof time !== 'string') return '';
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? '' : date.toTimeString().slice(0, 8);
}

/** An error's own words are enough; its stack is one line too many here. */
function fieldText(value: unknown): string {
  if (typeof value === 'string') return /\s/.test(value) ? JSON.stringify(value) : value;
  if (typeof value === 'object' && value !== null && 'message' in value) return JSON.stringify(value.message);
  return JSON.stringify(value) ?? '';
}
