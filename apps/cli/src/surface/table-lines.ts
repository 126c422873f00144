import type { TablePayload } from '@dispatch/ui-contract';
import { lengthOf, oneLine, type SurfaceView, wrap } from './layout.ts';

const GAP = 2;
/** No column gets narrower than this to make room for others. */
const COLUMN_ROOM = 8;

/** Heads and rows in columns; where the width does not suffice the widest columns break their cells. */
export function tableLines({ columns, rows }: TablePayload, { width, style }: SurfaceView): string[] {
  const cells = rows.map((row) => columns.map((_, index) => cellText(row[index])));
  const heads = columns.map(oneLine);
  const isFigures = columns.map(
    (_, index) => rows.length > 0 && rows.every((row) => typeof row[index] === 'number'),
  );
  const widths = fitted(
    heads.map((head, index) => Math.max(lengthOf(head), ...cells.map((row) => lengthOf(row[index] ?? '')))),
    width,
  );
  const line = (row: readonly string[], paint: (text: string) => string): string[] => {
    const broken = row.map((cell, index) => wrap(cell, widths[index] ?? cell.length));
    const height = Math.max(1, ...broken.map((lines) => lines.length));
    return Array.from({ length: height }, (_, at) => {
      const padded = broken.map((lines, index) => {
        const text = lines[at] ?? '';
        const space = ' '.repeat(Math.max(0, (widths[index] ?? 0) - lengthOf(text)));
        return isFigures[index] === true ? space + text : text + space;
      });
      return paint(padded.join(' '.repeat(GAP)).trimEnd());
    });
  };
  const none = rows.length === 0 ? [style.dim('(no rows)')] : [];
  return [...line(heads, style.bold), ...cells.flatMap((row) => line(row, (text) => text)), ...none];
}

function cellText(cell: unknown): string {
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no';
  return cell === undefined ? '' : oneLine(cell);
}

function fitted(natural: readonly number[], width: number | undefined): number[] {
  const widths = [...natural];
  if (width === undefined) return widths;
  const room = width - GAP * (widths.length - 1);
  for (let over = widths.reduce((sum, one) => sum + one, 0) - room; over > 0; over -= 1) {
    const widest = widths.indexOf(Math.max(...widths));
    if ((widths[widest] ?? 0) <= COLUMN_ROOM) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}
