import type { StopConversationResponse } from '@dispatch/transport-contract';
import { stopConversationRequestSchema } from '@dispatch/transport-contract/schema';
import { mayTouch } from '../policy/conversation-policy.ts';
import type { ApiHandler } from './api-handler.ts';
import { unknownConversation } from './change-conversation.ts';
import { validate } from './validate.ts';

/** `POST /conversations/:id/stop`: aborts the running turn and closes nothing. A turn that is named is only hit by its own name. */
export const stopConversation: ApiHandler = async (
  request,
  { store, turns },
): Promise<StopConversationResponse> => {
  const { userId, conversationId } = request;
  const { turnId } = await validate(stopConversationRequestSchema, await request.body());
  if (!mayTouch(userId, await store.read.conversation(conversationId))) throw unknownConversation();
  const stopped = await turns.stop(conversationId, turnId);
  return { conversationId, stopped: stopped !== undefined, turnId: stopped ?? null };
};
