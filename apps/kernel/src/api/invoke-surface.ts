import type { JsonValue, SurfaceContext } from '@dispatch/extension-api';
import { type InvokeSurfaceAnswer, invokeSurfaceBodySchema, type SurfaceState } from '@dispatch/link';
import { mayTouch } from '../policy/conversation-policy.ts';
import type { ConversationRow } from '../ports.ts';
import { notTheirs, SurfaceFailure, unknownSurface } from '../surface/surface-failure.ts';
import type { SurfaceRegistry } from '../surface/surface-registry.ts';
import { contextOf, type SurfaceView, viewOf } from '../surface/surface-view.ts';
import type { ApiHandler } from './api-handler.ts';
import { validate } from './validate.ts';

/** `POST /internal/surfaces/invoke`: carries out an action of a surface, in the name of a user. */
export const invokeSurface: ApiHandler = async (request, parts): Promise<InvokeSurfaceAnswer> => {
  const { store, surfaces } = parts;
  const asked = await validate(invokeSurfaceBodySchema, await request.body());
  const { surfaceId, actionId, payload, wantsState = false } = asked;
  const surface = surfaces.find(surfaceId);
  if (surface === undefined) return refused(unknownSurface());
  const view = viewOf(surface, { ...asked, userId: request.userId });
  const { conversationId } = view;
  const row = conversationId === undefined ? undefined : await store.read.conversation(conversationId);
  if (!mayTouch(request.userId, row)) return refused(notTheirs());
  const context: SurfaceContext = { ...view, userId: request.userId };
  try {
    const mark = await surfaces.invoke(surfaceId, actionId, payload as JsonValue | undefined, context);
    const state = wantsState ? await stateOf(surfaces, view, row) : undefined;
    return { outcome: 'done', ...(mark !== undefined && { mark }), ...(state && { state }) };
  } catch (error) {
    if (!(error instanceof SurfaceFailure)) throw error;
    return refused(error, await stateOf(surfaces, view, row));
  }
};

function refused({ code, message }: SurfaceFailure, state?: SurfaceState): InvokeSurfaceAnswer {
  return { outcome: 'refused', code, message, ...(state && { state }) };
}

/** Undefined: the surface cannot say, which was reported where it failed. */
async function stateOf(
  surfaces: SurfaceRegistry,
  view: SurfaceView,
  row: ConversationRow | undefined,
): Promise<SurfaceState | undefined> {
  const { surfaceId, conversationId } = view;
  const mark = surfaces.nextMark();
  try {
    const spec = await surfaces.spec(surfaceId, contextOf(view, row));
    return { spec, mark, ...(conversationId !== undefined && { conversationId }) };
  } catch (error) {
    if (error instanceof SurfaceFailure) return undefined;
    throw error;
  }
}
