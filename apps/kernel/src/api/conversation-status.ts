import type { ConversationStatusResponse } from '@dispatch/transport-contract';
import { visibleConversation } from '../policy/conversation-policy.ts';
import type { ApiHandler } from './api-handler.ts';

/** `GET /conversations/:id/status`: what it is doing now. An unknown id is idle. */
export const conversationStatus: ApiHandler = async (
  { userId, conversationId },
  { store },
): Promise<ConversationStatusResponse> => {
  const row = await visibleConversation(store.read, userId, conversationId);
  const newest = row === undefined ? undefined : await store.read.newestTurn(conversationId);
  return {
    conversationId,
    status: row?.status ?? 'idle',
    turnId: newest?.state === 'running' ? newest.id : null,
    title: row?.title ?? null,
    model: row?.model ?? null,
    cwd: row?.cwd ?? null,
  };
};
