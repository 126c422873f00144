import { z } from 'zod';
import type { CacheWarmingTimerPayload } from '../index.ts';
import { exact } from './exact.ts';

const at = z.number().min(0).nullable();

/** Checks a {@link CacheWarmingTimerPayload}. */
export const cacheWarmingTimerPayloadSchema: z.ZodType<CacheWarmingTimerPayload> =
  exact<CacheWarmingTimerPayload>()(z.object({ nextWarmAt: at, lastWarmAt: at }));
