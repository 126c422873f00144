import type { Surface, SurfaceContext } from '@dispatch/extension-api';
import type { ConversationRow } from '../ports.ts';

/** One view of a surface: the same for all who share it, and computed once for them. */
export interface SurfaceView {
  readonly surfaceId: string;
  /** Absent: the surface is the same in all, or none is in focus. */
  readonly conversationId?: string;
  /** Absent: it does not depend on who looks. */
  readonly userId?: string;
}

/** The view that somebody has of a surface. */
export function viewOf(surface: Surface, { userId, conversationId }: SurfaceContext): SurfaceView {
  const { id, scope, audience } = surface;
  return {
    surfaceId: id,
    ...(scope === 'conversation' && conversationId !== undefined && { conversationId }),
    ...(audience === 'user' && { userId }),
  };
}

/** What a surface is asked with for a view. One that a conversation's people share is asked in the name of its owner; without an owner, of nobody. */
export function contextOf(
  { conversationId, userId }: SurfaceView,
  row: Pick<ConversationRow, 'ownerId'> | undefined,
): SurfaceContext {
  return {
    userId: userId ?? row?.ownerId ?? '',
    ...(conversationId !== undefined && { conversationId }),
  };
}
