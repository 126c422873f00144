import type { CloseConversationResponse } from '@dispatch/transport-contract';
import { crashPoint } from '../crash-point.ts';
import { kernelEvent } from '../extension/kernel-event.ts';
import { actorOf } from '../identity/audit-trail.ts';
import { mayTouch } from '../policy/conversation-policy.ts';
import type { ApiHandler } from './api-handler.ts';
import { changeConversation } from './change-conversation.ts';
import { requestKey } from './request-key.ts';

/**
 * `POST /conversations/:id/close`: the user closed it. Ignores any body; answers before the aborted turn is sealed. An unknown id
 * gets no row.
 */
export const closeConversation: ApiHandler = async (
  request,
  { store, turns, giveUp },
): Promise<CloseConversationResponse> => {
  const { userId, principal, conversationId } = request;
  // Somebody else's is closed as one that never was: without effect.
  if (!mayTouch(userId, await store.read.conversation(conversationId))) {
    return { conversationId, abortedTurn: false };
  }
  const key = await requestKey(request, store, 'closeConversation', null);
  crashPoint('before-close');
  let isFirst = false;
  const running = await changeConversation(
    store,
    userId,
    conversationId,
    key,
    function* (q, row, tell, note) {
      isFirst = true;
      if (row === undefined) return null;
      const turn = yield* q.runningTurn(conversationId);
      const closes = row.closes + 1;
      yield* q.putConversation({ ...row, status: 'closed', closes });
      tell(kernelEvent('conversation.closed', { conversationId, closes }));
      note({ actor: actorOf(principal), action: 'conversation.closed', target: conversationId, detail: {} });
      return turn?.id ?? null;
    },
  );
  crashPoint('after-close');
  giveUp(conversationId);
  if (running === null) return { conversationId, abortedTurn: false };
  const stopped = await turns.stop(conversationId, running);
  // Under the same key the answer is that of the first time, whatever became of the turn since.
  return { conversationId, abortedTurn: stopped !== undefined || !isFirst };
};
