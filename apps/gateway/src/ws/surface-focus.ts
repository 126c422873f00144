import { conversationIdSchema } from '@dispatch/transport-contract/schema';
import { type Refusal, refuse } from '../refusal.ts';
import type { SurfaceFocus, SurfaceWatches } from './surface-watches.ts';

/** What a frame about a surface looks at, or why that is no conversation. For a global surface the conversation is not looked at. */
export function readFocus(
  surfaces: SurfaceWatches,
  { surfaceId, conversationId }: SurfaceFocus,
): { readonly focus: SurfaceFocus } | { readonly refusal: Refusal } {
  if (conversationId === undefined || surfaces.isGlobal(surfaceId)) return { focus: { surfaceId } };
  const parsed = conversationIdSchema.safeParse(conversationId);
  if (parsed.success) return { focus: { surfaceId, conversationId } };
  const fault = parsed.error.issues[0]?.message ?? 'not what was expected';
  return { refusal: refuse('invalid-request', `conversationId: ${fault}`) };
}
