import type { CwdResponse } from '@dispatch/transport-contract';
import { setCwdRequestSchema } from '@dispatch/transport-contract/schema';
import { visibleConversation } from '../policy/conversation-policy.ts';
import type { ApiHandler } from './api-handler.ts';
import { changeConversation, newConversation } from './change-conversation.ts';
import { requestKey } from './request-key.ts';
import { validate } from './validate.ts';

/** `GET /conversations/:id/cwd` */
export const cwd: ApiHandler = async ({ userId, conversationId }, { store }): Promise<CwdResponse> => {
  const row = await visibleConversation(store.read, userId, conversationId);
  return { conversationId, cwd: row?.cwd ?? null };
};

/** `PUT /conversations/:id/cwd`: creates the conversation when it is new; a draft has a directory before it has a message. */
export const setCwd: ApiHandler = async (request, { store, clock, approvals }): Promise<CwdResponse> => {
  const { userId, conversationId } = request;
  const wanted = (await validate(setCwdRequestSchema, await request.body())).cwd;
  const key = await requestKey(request, store, 'setCwd', wanted);
  const changed = await changeConversation(store, userId, conversationId, key, function* (q, row) {
    const base = row ?? (yield* newConversation(q, conversationId, userId, clock.wall()));
    yield* q.putConversation({ ...base, cwd: wanted });
    return { conversationId, cwd: wanted };
  });
  await approvals.moved(conversationId);
  return changed;
};
