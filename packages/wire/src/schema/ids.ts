import { z } from 'zod';
import type { StepId, TurnId } from '../index.ts';

/** Checks a {@link TurnId}: not empty, otherwise opaque. */
export const turnIdSchema: z.ZodType<TurnId> = z
  .string()
  .min(1)
  .transform((id) => id as TurnId);

/** Checks a {@link StepId}: not empty, otherwise opaque. */
export const stepIdSchema: z.ZodType<StepId> = z
  .string()
  .min(1)
  .transform((id) => id as StepId);
