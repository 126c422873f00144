import { z } from 'zod';
import type { SurfaceServerMessage } from '../index.ts';
import { exact } from './exact.ts';
import { surfaceCatalogSchema, surfaceSpecSchema, surfaceUpdateSchema } from './surface-spec.ts';

/** Checks any frame a backend may send about surfaces. */
export const surfaceServerMessageSchema: z.ZodType<SurfaceServerMessage> = exact<SurfaceServerMessage>()(
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('catalog'), catalog: surfaceCatalogSchema }),
    z.object({
      type: z.literal('surface'),
      spec: surfaceSpecSchema,
      conversationId: z.string().exactOptional(),
    }),
    z.object({ type: z.literal('update'), update: surfaceUpdateSchema }),
    z.object({
      type: z.literal('error'),
      message: z.string(),
      surfaceId: z.string().exactOptional(),
    }),
  ]),
);
