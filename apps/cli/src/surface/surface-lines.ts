import type { NumberField, SelectorField, SurfaceField, SurfaceSpec } from '@dispatch/ui-contract';
import { showCustom } from './custom-field.ts';
import { labelWidth, oneLine, type Row, rowLines, type SurfaceView, withUnit } from './layout.ts';
import { tableLines } from './table-lines.ts';

type Part = { readonly row: Row } | { readonly lines: readonly string[] };

/** Characters of a progress bar. */
const BAR = 20;

/** A surface as lines for a terminal: its title, then its fields in order, values below each other. Kinds of a newer backend are left out. */
export function surfaceLines(spec: SurfaceSpec, view: SurfaceView): string[] {
  const parts = spec.fields.map((field) => partOf(field, view)).filter((part) => part !== undefined);
  const rows = parts.flatMap((part) => ('row' in part ? [part.row] : []));
  const names = labelWidth(rows);
  const lines = [view.style.bold(oneLine(spec.title))];
  for (const [index, part] of parts.entries()) {
    if ('row' in part) {
      // A table ends where something else begins.
      if (index > 0 && !('row' in (parts[index - 1] ?? part))) lines.push('');
      lines.push(...rowLines(part.row, names, view));
    } else lines.push('', ...part.lines);
  }
  if (parts.length === 0) lines.push(view.style.dim('(nothing to show)'));
  return lines;
}

function partOf(field: SurfaceField, view: SurfaceView): Part | undefined {
  const { style } = view;
  switch (field.kind) {
    case 'toggle':
      return {
        row: {
          label: oneLine(field.label),
          value: field.value ? '● on' : '○ off',
          paint: field.value ? style.green : style.dim,
        },
      };
    case 'progress':
      return { row: { label: oneLine(field.label), value: progressText(field.value) } };
    case 'selector':
      return { row: { label: oneLine(field.label), value: selectorText(field) } };
    case 'stat':
      return { row: { label: oneLine(field.label), value: oneLine(field.value) } };
    case 'number':
      return { row: { label: oneLine(field.label), value: numberText(field) } };
    case 'button':
      return { row: { label: '', value: `[ ${oneLine(field.label)} ]`, paint: style.cyan } };
    case 'custom': {
      const shown = showCustom(field, view);
      return 'row' in shown ? shown : { lines: tableLines(shown.table, view) };
    }
    default:
      field satisfies never;
      return undefined;
  }
}

function progressText(value: number): string {
  const share = Math.min(1, Math.max(0, value));
  const full = Math.round(share * BAR);
  return `${'█'.repeat(full)}${'░'.repeat(BAR - full)} ${Math.round(share * 100)}%`;
}

/** All that can be chosen, the chosen one in brackets. */
function selectorText({ value, options }: SelectorField): string {
  const texts = options.map((option) =>
    option.value === value ? `[${oneLine(option.label)}]` : oneLine(option.label),
  );
  const isKnown = options.some((option) => option.value === value);
  return [...(isKnown ? [] : [`[${oneLine(value)}]`]), ...texts].join('  ');
}

function numberText({ value, unit, min, max }: NumberField): string {
  const limits =
    min !== undefined && max !== undefined
      ? `  (${min} to ${max})`
      : min !== undefined
        ? `  (from ${min})`
        : max !== undefined
          ? `  (up to ${max})`
          : '';
  return `${withUnit(value, unit)}${limits}`;
}
