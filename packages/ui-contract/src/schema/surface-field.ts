import { z } from 'zod';
import type { SurfaceField } from '../index.ts';
import { exact } from './exact.ts';

const id = z.string().min(1).exactOptional();
const label = z.string();
const action = z.object({ actionId: z.string().min(1) });

/** Checks a {@link SurfaceField}. */
export const surfaceFieldSchema: z.ZodType<SurfaceField> = exact<SurfaceField>()(
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('toggle'), id, label, value: z.boolean(), action }),
    z.object({ kind: z.literal('progress'), id, label, value: z.number().min(0).max(1) }),
    z.object({
      kind: z.literal('selector'),
      id,
      label,
      value: z.string(),
      options: z.array(z.object({ value: z.string(), label })),
      action,
    }),
    z.object({ kind: z.literal('stat'), id, label, value: z.string() }),
    z.object({
      kind: z.literal('number'),
      id,
      label,
      value: z.number(),
      min: z.number().exactOptional(),
      max: z.number().exactOptional(),
      step: z.number().exactOptional(),
      unit: z.string().exactOptional(),
      action,
    }),
    z.object({ kind: z.literal('button'), id, label, action }),
    z.object({ kind: z.literal('custom'), id, rendererId: z.string().min(1), payload: z.unknown() }),
  ]),
);
