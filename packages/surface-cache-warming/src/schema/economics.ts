import { z } from 'zod';
import type { CacheWarmingEconomicsPayload } from '../index.ts';
import { exact } from './exact.ts';

const whole = z.int().min(0);
const price = z.number().min(0);

/** Checks a {@link CacheWarmingEconomicsPayload}. */
export const cacheWarmingEconomicsPayloadSchema: z.ZodType<CacheWarmingEconomicsPayload> =
  exact<CacheWarmingEconomicsPayload>()(
    z.object({
      spentMicros: whole,
      avoidedMicros: whole,
      warms: whole,
      unpricedWarms: whole,
      nextWarmMicros: whole.nullable(),
      coldReturnMicros: whole.nullable(),
      breakEvenAt: z.number().min(0).nullable(),
      breakEvenChance: z.number().min(0).max(1).nullable(),
      prefixTokens: whole.nullable(),
      lifetimeSeconds: z.number().gt(0).nullable(),
      budget: z.object({
        moneyMicros: whole.nullable(),
        warms: whole.nullable(),
        idleMinutes: z.number().gt(0).nullable(),
      }),
      prices: z
        .object({
          asOf: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
          source: z.string(),
          input: price,
          cacheRead: price,
          cacheWrite: price,
          output: price,
        })
        .nullable(),
    }),
  );
