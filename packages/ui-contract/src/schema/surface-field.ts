import { z } from 'zod';
import type { SurfaceField } from '../index.ts';
import { exact } from './exact.ts';

const label = z.string();
const action = z.object({ actionId: z.string().min(1) });

/** Checks a {@link SurfaceField}. */
export const surfaceFieldSchema: z.ZodType<SurfaceField> = exact<SurfaceField>()(
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('toggle'), label, value: z.boolean(), action }),
    z.object({ kind: z.literal('progress'), label, value: z.number().min(0).max(1) }),
    z.object({
      kind: z.literal('selector'),
      label,
      value: z.string(),
      options: z.array(z.object({ value: z.string(), label })),
      action,
    }),
    z.object({ kind: z.literal('stat'), label, value: z.string() }),
    z.object({
      kind: z.literal('number'),
      label,
      value: z.number(),
      min: z.number().exactOptional(),
      max: z.number().exactOptional(),
      step: z.number().exactOptional(),
      unit: z.string().exactOptional(),
      action,
    }),
    z.object({ kind: z.literal('button'), label, action }),
    z.object({ kind: z.literal('custom'), rendererId: z.string().min(1), payload: z.unknown() }),
  ]),
);
