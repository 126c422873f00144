import type { ThroughputPeriod, ThroughputResponse } from '@dispatch/transport-contract';
import { modelStats } from '../throughput/model-stats.ts';
import { periodRange } from '../throughput/period-range.ts';
import { ApiError } from './api-error.ts';
import type { ApiHandler } from './api-handler.ts';
import { wordParam } from './validate.ts';

const PERIODS: readonly ThroughputPeriod[] = ['day', 'week', 'month'];

/** `GET /metrics/throughput`: from the sealed turns, whichever way they were started. */
export const throughput: ApiHandler = async ({ query }, { store }): Promise<ThroughputResponse> => {
  const period = wordParam(query, 'period', PERIODS);
  if (period === undefined)
    throw new ApiError('invalid-request', `period must be one of ${PERIODS.join(', ')}`);
  const date = query.get('date') ?? '';
  const range = periodRange(period, date);
  if (range === undefined) {
    const form = period === 'month' ? 'YYYY-MM' : 'YYYY-MM-DD';
    throw new ApiError('invalid-request', `date must be a real date of the form ${form}`);
  }
  const rows = await store.read.throughput(range.start, range.end);
  return { period, date, ...range, models: modelStats(rows) };
};
