import { z } from 'zod';
import type { StepMetrics, TurnMetrics, Usage } from '../index.ts';
import { exact } from './exact.ts';
import { stepIdSchema, turnIdSchema } from './ids.ts';

const tokens = z.number().min(0);
const durationMs = z.number().min(0).exactOptional();

/** Checks a {@link Usage}. */
export const usageSchema: z.ZodType<Usage> = exact<Usage>()(
  z.object({
    inputTokens: tokens,
    outputTokens: tokens,
    cacheReadTokens: tokens.exactOptional(),
    cacheWriteTokens: tokens.exactOptional(),
  }),
);

/** Checks a {@link StepMetrics}. */
export const stepMetricsSchema: z.ZodType<StepMetrics> = exact<StepMetrics>()(
  z.object({
    stepId: stepIdSchema,
    usage: usageSchema,
    ttftMs: durationMs,
    decodeMs: durationMs,
    genTotalMs: durationMs,
    model: z.string().exactOptional(),
  }),
);

/** Checks a {@link TurnMetrics}. */
export const turnMetricsSchema: z.ZodType<TurnMetrics> = exact<TurnMetrics>()(
  z.object({
    turnId: turnIdSchema,
    usage: usageSchema,
    steps: z.array(stepMetricsSchema),
    durationMs,
    contextSize: z.number().positive().exactOptional(),
    model: z.string().exactOptional(),
    reason: z.string().exactOptional(),
    startedAt: z.number().exactOptional(),
    sealedAt: z.number().exactOptional(),
  }),
);
