import type { StopConversationResponse } from '@dispatch/transport-contract';
import { stopConversationRequestSchema } from '@dispatch/transport-contract/schema';
import { mayTouch } from '../policy/conversation-policy.ts';
import type { ApiHandler } from './api-handler.ts';
import { validate } from './validate.ts';

/** `POST /conversations/:id/stop`: aborts the running turn and closes nothing. A turn that is named is only hit by its own name. */
export const stopConversation: ApiHandler = async (
  request,
  { store, turns },
): Promise<StopConversationResponse> => {
  const { userId, conversationId } = request;
  const { turnId } = await validate(stopConversationRequestSchema, await request.body());
  // Nothing runs in a conversation that is somebody else's, as nothing runs in one that never was.
  if (!mayTouch(userId, await store.read.conversation(conversationId))) {
    return { conversationId, stopped: false, turnId: null };
  }
  const stopped = await turns.stop(conversationId, turnId);
  return { conversationId, stopped: stopped !== undefined, turnId: stopped ?? null };
};
