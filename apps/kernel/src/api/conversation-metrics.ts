import type { ConversationMetricsResponse } from '@dispatch/transport-contract';
import { visibleConversation } from '../policy/conversation-policy.ts';
import { reportOnce } from '../report-once.ts';
import { DamagedMetricsError } from '../storage/read-metrics.ts';
import type { ApiHandler } from './api-handler.ts';

/** `GET /conversations/:id/metrics`: figures of the sealed turns, in their order. */
export const conversationMetrics: ApiHandler = async (
  { userId, conversationId },
  { store, log },
): Promise<ConversationMetricsResponse> => {
  const row = await visibleConversation(store.read, userId, conversationId);
  if (row === undefined) return { turns: [] };
  try {
    return { turns: await store.read.metrics(conversationId) };
  } catch (error) {
    if (!(error instanceof DamagedMetricsError)) throw error;
    const { damaged, readable } = error;
    const message = 'a conversation has turns with damaged metrics';
    reportOnce(log, `metrics ${conversationId}`, { conversationId, damaged }, message);
    return { turns: readable, damaged };
  }
};
