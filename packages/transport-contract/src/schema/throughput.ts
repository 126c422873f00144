import { z } from 'zod';
import type { ThroughputQuery, ThroughputResponse } from '../index.ts';
import { exact } from './exact.ts';

const period = z.enum(['day', 'week', 'month'], 'must be day, week or month');

/** Whether a calendar has this day; a month alone is its first day. */
function exists(date: string): boolean {
  const day = date.length === 7 ? `${date}-01` : date;
  const parsed = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().slice(0, 10) === day;
}

/** Reads the query of `GET /metrics/throughput`. */
export const throughputQuerySchema: z.ZodType<ThroughputQuery> = exact<ThroughputQuery>()(
  z.object({ period, date: z.string('must be a string') }).superRefine((query, context) => {
    const form = query.period === 'month' ? /^\d{4}-\d{2}$/ : /^\d{4}-\d{2}-\d{2}$/;
    const wanted = query.period === 'month' ? 'YYYY-MM' : 'YYYY-MM-DD';
    if (form.test(query.date) && exists(query.date)) return;
    context.addIssue({ code: 'custom', path: ['date'], message: `must be a date that exists, as ${wanted}` });
  }),
);

/** Checks a {@link ThroughputResponse}. */
export const throughputResponseSchema: z.ZodType<ThroughputResponse> = exact<ThroughputResponse>()(
  z.object({
    period,
    date: z.string(),
    start: z.number(),
    end: z.number(),
    models: z.array(
      z.object({
        model: z.string(),
        tokensPerSecond: z.number().min(0),
        totalOutputTokens: z.number().min(0),
        totalGenMs: z.number().min(0),
        turns: z.int().min(0),
      }),
    ),
  }),
);
