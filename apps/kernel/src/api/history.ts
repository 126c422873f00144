import type { ConversationHistoryResponse } from '@dispatch/transport-contract';
import { conversationHistoryQuerySchema } from '@dispatch/transport-contract/schema';
import type { StoredChunk } from '@dispatch/wire';
import { visibleConversation } from '../policy/conversation-policy.ts';
import type { HistorySlice, Reads } from '../ports.ts';
import { reportOnce } from '../report-once.ts';
import { DamagedHistoryError } from '../storage/read-history.ts';
import type { ApiHandler } from './api-handler.ts';
import { validate } from './validate.ts';

/** `GET /conversations/:id`: a slice of the log, raw. */
export const history: ApiHandler = async ({ userId, conversationId, query }, { store, log }) => {
  const { sinceSeq = 0, ...rest } = await validate(conversationHistoryQuerySchema, query);
  const row = await visibleConversation(store.read, userId, conversationId);
  if (row === undefined) return answer([], sinceSeq);
  const { chunks, damaged } = await readable(store.read, conversationId, { sinceSeq, ...rest });
  if (damaged.length === 0) return answer(chunks, sinceSeq);
  reportOnce(
    log,
    `chunks ${conversationId}`,
    { conversationId, damaged },
    'a conversation has damaged chunks',
  );
  return { ...answer(chunks, sinceSeq), damaged };
};

function answer(chunks: readonly StoredChunk[], sinceSeq: number): ConversationHistoryResponse {
  return { chunks, latestSeq: chunks.at(-1)?.seq ?? sinceSeq };
}

/** Damaged rows are left out and named; everything else of the conversation stays readable. */
async function readable(
  read: Reads,
  conversationId: string,
  slice: HistorySlice,
): Promise<{ readonly chunks: readonly StoredChunk[]; readonly damaged: readonly number[] }> {
  try {
    return { chunks: await read.history(conversationId, slice), damaged: [] };
  } catch (error) {
    if (error instanceof DamagedHistoryError) return { chunks: error.readable, damaged: error.damaged };
    throw error;
  }
}
