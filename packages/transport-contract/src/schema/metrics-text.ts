import { z } from 'zod';
import type { MetricsText } from '../index.ts';

/** Checks a {@link MetricsText}. */
export const metricsTextSchema: z.ZodType<MetricsText> = z.string();
