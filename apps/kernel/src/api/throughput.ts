import type { ThroughputResponse } from '@dispatch/transport-contract';
import { throughputQuerySchema } from '@dispatch/transport-contract/schema';
import { modelStats } from '../throughput/model-stats.ts';
import { periodRange } from '../throughput/period-range.ts';
import { ApiError } from './api-error.ts';
import type { ApiHandler } from './api-handler.ts';
import { validate } from './validate.ts';

/** `GET /metrics/throughput`: from the sealed turns, whichever way they were started. */
export const throughput: ApiHandler = async ({ query }, { store }): Promise<ThroughputResponse> => {
  const { period, date } = await validate(throughputQuerySchema, query);
  const range = periodRange(period, date);
  if (range === undefined) {
    const form = period === 'month' ? 'YYYY-MM' : 'YYYY-MM-DD';
    throw new ApiError('invalid-request', `date must be a real date of the form ${form}`);
  }
  const rows = await store.read.throughput(range.start, range.end);
  return { period, date, ...range, models: modelStats(rows) };
};
