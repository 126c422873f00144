import type { ConversationModelResponse } from '@dispatch/transport-contract';
import { setConversationModelRequestSchema } from '@dispatch/transport-contract/schema';
import { visibleConversation } from '../policy/conversation-policy.ts';
import type { ConversationRow } from '../ports.ts';
import type { ApiHandler } from './api-handler.ts';
import { changeConversation, newConversation } from './change-conversation.ts';
import { requestKey } from './request-key.ts';
import { validate } from './validate.ts';

/** `GET /conversations/:id/model` */
export const conversationModel: ApiHandler = async (
  { userId, conversationId },
  { store },
): Promise<ConversationModelResponse> =>
  answer(conversationId, await visibleConversation(store.read, userId, conversationId));

/** `PUT /conversations/:id/model`: what is not named stays. Whether a model exists shows when it is called. */
export const setConversationModel: ApiHandler = async (
  request,
  { store, clock },
): Promise<ConversationModelResponse> => {
  const { userId, conversationId } = request;
  const body = await validate(setConversationModelRequestSchema, await request.body());
  const key = await requestKey(request, store, 'setConversationModel', body);
  return changeConversation(store, userId, conversationId, key, function* (q, row) {
    const base = row ?? (yield* newConversation(q, conversationId, userId, clock.wall()));
    const next: ConversationRow = {
      ...base,
      model: body.model === undefined ? base.model : body.model,
      fallbackModels: body.fallbackModels ?? base.fallbackModels,
    };
    yield* q.putConversation(next);
    return answer(conversationId, next);
  });
};

function answer(conversationId: string, row: ConversationRow | undefined): ConversationModelResponse {
  return { conversationId, model: row?.model ?? null, fallbackModels: row?.fallbackModels ?? [] };
}
