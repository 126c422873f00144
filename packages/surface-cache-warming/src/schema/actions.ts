import { z } from 'zod';
import {
  type BudgetPayload,
  type IntervalPayload,
  MAX_INTERVAL_SECONDS,
  type TogglePayload,
} from '../index.ts';
import { exact } from './exact.ts';

const seconds = z.number().gt(0).max(MAX_INTERVAL_SECONDS);
const limit = z.number().min(0);

/** Checks a {@link TogglePayload}. No payload at all is valid too: it flips. */
export const togglePayloadSchema: z.ZodType<TogglePayload> = exact<TogglePayload>()(
  z.union([z.boolean(), z.object({ value: z.boolean() })]),
);

/** Checks an {@link IntervalPayload}. */
export const intervalPayloadSchema: z.ZodType<IntervalPayload> = exact<IntervalPayload>()(
  z.union([seconds, z.object({ value: seconds })]),
);

/** Checks a {@link BudgetPayload}. */
export const budgetPayloadSchema: z.ZodType<BudgetPayload> = exact<BudgetPayload>()(
  z.union([limit, z.object({ value: limit })]),
);
