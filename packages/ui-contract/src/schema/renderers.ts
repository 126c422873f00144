import { z } from 'zod';
import type { SeriesPayload, TablePayload, TimerPayload } from '../index.ts';
import { exact } from './exact.ts';

const at = z.number().min(0);

/** Checks a {@link TablePayload}, also that each row has as many cells as there are columns. */
export const tablePayloadSchema: z.ZodType<TablePayload> = exact<TablePayload>()(
  z
    .object({
      columns: z.array(z.string()),
      rows: z.array(z.array(z.union([z.string(), z.number(), z.boolean()]))),
    })
    .refine(({ columns, rows }) => rows.every((row) => row.length === columns.length), {
      message: 'each row has as many cells as there are columns',
      path: ['rows'],
    }),
);

/** Checks a {@link TimerPayload}. */
export const timerPayloadSchema: z.ZodType<TimerPayload> = exact<TimerPayload>()(
  z.object({
    label: z.string(),
    targetAt: at.nullable(),
    sinceAt: at.nullable(),
    note: z.string().exactOptional(),
  }),
);

/** Checks a {@link SeriesPayload}. */
export const seriesPayloadSchema: z.ZodType<SeriesPayload> = exact<SeriesPayload>()(
  z.object({
    label: z.string(),
    unit: z.string().exactOptional(),
    points: z.array(
      z.object({
        at,
        value: z.number().nullable(),
        marked: z.boolean().exactOptional(),
        note: z.string().exactOptional(),
      }),
    ),
  }),
);
