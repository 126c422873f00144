import { z } from 'zod';
import type { InvokeSurfaceBody } from './internal-routes.ts';

const id = z.string().min(1).max(128);

/** Checks the body of `POST /internal/surfaces/invoke`. Unknown fields are dropped; what the payload must be, the surface decides. */
export const invokeSurfaceBodySchema: z.ZodType<InvokeSurfaceBody> = z.object({
  surfaceId: id,
  actionId: id,
  payload: z.unknown().optional(),
  conversationId: z.string().exactOptional(),
  wantsState: z.boolean().exactOptional(),
});
