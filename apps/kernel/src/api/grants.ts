import type { GrantsResponse, RevokedResponse } from '@dispatch/transport-contract';
import { grantOf } from '../approval/approval-view.ts';
import { actorOf } from '../identity/audit-trail.ts';
import { visibleConversation } from '../policy/conversation-policy.ts';
import type { ApiHandler } from './api-handler.ts';
import { changeConversation } from './change-conversation.ts';
import { requestKey } from './request-key.ts';

/** `GET /conversations/:id/grants`: none in a conversation that is somebody else's, as in one that never was. */
export const grants: ApiHandler = async ({ userId, conversationId }, { store }): Promise<GrantsResponse> => {
  const row = await visibleConversation(store.read, userId, conversationId);
  return {
    conversationId,
    grants: row === undefined ? [] : (await store.read.approvals.grants(conversationId)).map(grantOf),
  };
};

/** `DELETE /conversations/:id/grants/:grantId`: calls it covered ask again. What it let run stays done. */
export const revokeGrant: ApiHandler = async (request, { store }): Promise<RevokedResponse> => {
  const { userId, principal, conversationId } = request;
  const grantId = request.params['grantId'] ?? '';
  // Somebody else's has no grants to revoke, as one that never was.
  if ((await visibleConversation(store.read, userId, conversationId)) === undefined)
    return { revoked: false };
  const key = await requestKey(request, store, 'revokeGrant', grantId);
  const revoked = await changeConversation(
    store,
    userId,
    conversationId,
    key,
    function* (q, _row, _tell, note) {
      const wasThere = yield* q.approvals.deleteGrant(conversationId, grantId);
      const entry = { actor: actorOf(principal), action: 'grant.revoked', target: grantId };
      if (wasThere) note({ ...entry, detail: { conversationId } });
      return wasThere;
    },
  );
  return { revoked };
};
