import { z } from 'zod';
import type { SurfaceCatalog, SurfaceSpec, SurfaceUpdate } from '../index.ts';
import { exact } from './exact.ts';
import { surfaceFieldSchema } from './surface-field.ts';

/** Checks a {@link SurfaceSpec}. */
export const surfaceSpecSchema: z.ZodType<SurfaceSpec> = exact<SurfaceSpec>()(
  z.object({
    id: z.string().min(1),
    region: z.string(),
    title: z.string(),
    fields: z.array(surfaceFieldSchema),
  }),
);

/** Checks a {@link SurfaceUpdate}. */
export const surfaceUpdateSchema: z.ZodType<SurfaceUpdate> = exact<SurfaceUpdate>()(
  z.object({
    surfaceId: z.string().min(1),
    spec: surfaceSpecSchema,
    conversationId: z.string().exactOptional(),
  }),
);

/** Checks a {@link SurfaceCatalog}. */
export const surfaceCatalogSchema: z.ZodType<SurfaceCatalog> = exact<SurfaceCatalog>()(
  z.array(
    z.object({
      id: z.string().min(1),
      region: z.string(),
      title: z.string(),
      scope: z.enum(['global', 'conversation']).exactOptional(),
    }),
  ),
);
