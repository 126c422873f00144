import type { LspStatusResponse } from '@dispatch/transport-contract';
import { visibleConversation } from '../policy/conversation-policy.ts';
import type { ApiHandler } from './api-handler.ts';

/** `GET /conversations/:id/lsp`: this backend starts no language servers, and says so with an empty list. */
export const lspStatus: ApiHandler = async (
  { userId, conversationId },
  { store },
): Promise<LspStatusResponse> => {
  const row = await visibleConversation(store.read, userId, conversationId);
  return { conversationId, cwd: row?.cwd ?? null, servers: [] };
};
