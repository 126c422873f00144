import { CACHE_WARMING_TIMER_RENDERER_ID } from '@dispatch/surface-cache-warming';
import { MESSAGE_QUEUE_RENDERER_ID } from '@dispatch/surface-message-queue';
import {
  type CustomField,
  SERIES_RENDERER_ID,
  type SeriesPayload,
  TABLE_RENDERER_ID,
  type TablePayload,
  TIMER_RENDERER_ID,
} from '@dispatch/ui-contract';
import { brief } from '../wording.ts';
import { countdown, elapsed } from './countdown.ts';
import { oneLine, type Row, type SurfaceView } from './layout.ts';
import { seriesText } from './series-text.ts';

/** What a custom field is shown as: a table on lines of its own, or a row. */
export type CustomShown = { readonly table: TablePayload } | { readonly row: Row };

type Unchecked = Readonly<Record<string, unknown>>;

/** By its renderer id. What this version cannot show is one quiet row, never an error. */
export function showCustom({ rendererId, payload }: CustomField, view: SurfaceView): CustomShown {
  const data = typeof payload === 'object' && payload !== null ? (payload as Unchecked) : {};
  switch (rendererId) {
    case TABLE_RENDERER_ID:
      if (isTable(data)) return { table: data };
      break;
    case SERIES_RENDERER_ID:
      if (isSeries(data)) {
        return { row: { label: oneLine(data.label), value: (room) => seriesText(data, room) } };
      }
      break;
    case TIMER_RENDERER_ID:
      return { row: timerRow(data, view.now) };
    case CACHE_WARMING_TIMER_RENDERER_ID:
      return { row: warmingRow(data, view.now) };
    case MESSAGE_QUEUE_RENDERER_ID:
      if (isQueue(data)) return { table: queueTable(data) };
      break;
    default:
      return { row: quiet(rendererId, 'not shown in a terminal', view) };
  }
  return { row: quiet(rendererId, 'its data cannot be read', view) };
}

function timerRow({ label, targetAt, sinceAt, note }: Unchecked, now: number): Row {
  const target = moment(targetAt);
  const since = moment(sinceAt);
  const parts = [
    countdown(target, now),
    ...(target !== null && since !== null ? [`${elapsed(since, now)} gone`] : []),
    ...(typeof note === 'string' ? [oneLine(note)] : []),
  ];
  return { label: oneLine(label ?? 'Timer'), value: parts.join(' · ') };
}

function warmingRow({ nextWarmAt, lastWarmAt }: Unchecked, now: number): Row {
  const last = moment(lastWarmAt);
  const parts = [
    countdown(moment(nextWarmAt), now),
    ...(last === null ? [] : [`last ${elapsed(last, now)} ago`]),
  ];
  return { label: 'Next warm', value: parts.join(' · ') };
}

function quiet(rendererId: string, why: string, { style }: SurfaceView): Row {
  return { label: '', value: `(${oneLine(rendererId)}: ${why})`, paint: style.dim };
}

interface Queue {
  readonly messages: readonly Unchecked[];
}

function isQueue(data: Unchecked): data is Unchecked & Queue {
  const { messages } = data;
  return Array.isArray(messages) && messages.every((one) => typeof one === 'object' && one !== null);
}

function queueTable({ messages }: Queue): TablePayload {
  const rows = messages.map(({ id, mode, text }) => [oneLine(mode), brief(text), oneLine(id)]);
  return { columns: ['Mode', 'Message', 'Id'], rows };
}

const moment = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null;

function isTable(data: Unchecked): data is Unchecked & TablePayload {
  const { columns, rows } = data;
  return Array.isArray(columns) && Array.isArray(rows) && rows.every((row) => Array.isArray(row));
}

function isSeries(data: Unchecked): data is Unchecked & SeriesPayload {
  const { label, points } = data;
  const isPoint = (point: Unchecked | null): boolean =>
    typeof point?.['value'] === 'number' || point?.['value'] === null;
  return typeof label === 'string' && Array.isArray(points) && points.every(isPoint);
}
