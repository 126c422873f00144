import type { TitleResponse } from '@dispatch/transport-contract';
import { setTitleRequestSchema } from '@dispatch/transport-contract/schema';
import { visibleConversation } from '../policy/conversation-policy.ts';
import type { ApiHandler } from './api-handler.ts';
import { changeConversation, newConversation } from './change-conversation.ts';
import { requestKey } from './request-key.ts';
import { validate } from './validate.ts';

/** `GET /conversations/:id/title` */
export const title: ApiHandler = async ({ userId, conversationId }, { store }): Promise<TitleResponse> => {
  const row = await visibleConversation(store.read, userId, conversationId);
  return { conversationId, title: row?.title ?? null };
};

/** `PUT /conversations/:id/title`: null or blank clears it, and the next first message names it anew. */
export const setTitle: ApiHandler = async (request, { store, clock }): Promise<TitleResponse> => {
  const { userId, conversationId } = request;
  const wanted = (await validate(setTitleRequestSchema, await request.body())).title;
  const key = await requestKey(request, store, 'setTitle', wanted);
  return changeConversation(store, userId, conversationId, key, function* (q, row) {
    const base = row ?? (yield* newConversation(q, conversationId, userId, clock.wall()));
    yield* q.putConversation({ ...base, title: wanted });
    return { conversationId, title: wanted };
  });
};
