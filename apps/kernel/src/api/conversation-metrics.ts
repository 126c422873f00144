import type { ConversationMetricsResponse } from '@dispatch/transport-contract';
import { visibleConversation } from '../policy/conversation-policy.ts';
import type { ApiHandler } from './api-handler.ts';

/** `GET /conversations/:id/metrics`: figures of the sealed turns, in their order. */
export const conversationMetrics: ApiHandler = async (
  { userId, conversationId },
  { store },
): Promise<ConversationMetricsResponse> => {
  const row = await visibleConversation(store.read, userId, conversationId);
  return { turns: row === undefined ? [] : await store.read.metrics(conversationId) };
};
