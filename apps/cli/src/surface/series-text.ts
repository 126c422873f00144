import type { SeriesPayload, SeriesPoint } from '@dispatch/ui-contract';
import { oneLine, withUnit } from './layout.ts';

const BARS = [...'▁▂▃▄▅▆▇█'];
/** How many of the newest figures stand behind the bars. */
const NEWEST = 3;

/** Bars, oldest first, and the newest figures. A gap is `·`; what stands out is `!`. */
export function seriesText({ points, unit }: SeriesPayload, width: number | undefined): string {
  const last = points.at(-1);
  if (last === undefined) return 'nothing yet';
  const figures = points
    .slice(-NEWEST)
    .map(({ value, marked }) => `${value === null ? '—' : withUnit(value, unit)}${marked ? '!' : ''}`)
    .join(', ');
  const note = last.note === undefined ? '' : ` (${oneLine(last.note)})`;
  const behind = `newest ${figures}${note}`;
  const room = width === undefined ? points.length : Math.max(BARS.length, width - behind.length - 2);
  return `${bars(points.slice(-room), unit)}  ${behind}`;
}

function bars(points: readonly SeriesPoint[], unit: string | undefined): string {
  const values = points.flatMap(({ value }) => (value === null ? [] : [value]));
  // A share is of a hundred, whatever it happens to be now.
  const low = unit === '%' ? Math.min(0, ...values) : Math.min(...values);
  const high = unit === '%' ? Math.max(100, ...values) : Math.max(...values);
  const bar = (value: number): string => {
    const share = high === low ? 0.5 : (value - low) / (high - low);
    return BARS[Math.min(BARS.length - 1, Math.floor(share * BARS.length))] ?? '';
  };
  return points.map(({ value, marked }) => (marked ? '!' : value === null ? '·' : bar(value))).join('');
}
