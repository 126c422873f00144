import { type LinkWatchFrame, OPERATOR_SESSION, type Principal } from '@dispatch/link';
import type { ErrorCode } from '@dispatch/transport-contract';
import { ApiError } from '../api/api-error.ts';
import { type AuditTrail, actorOf } from '../identity/audit-trail.ts';
import type { Revocations } from '../identity/revocations.ts';
import { FRAME_POLICY, type PolicyRow } from './policy-table.ts';

/** The one decision about who may do what; what it does not allow is refused. Whose a conversation is, is decided by conversation-policy.ts, where it is read. */
export interface Policy {
  /** Who may go on with what the row says. Throws `ApiError`: `unauthenticated`, or `forbidden` for lack of the scope. */
  authorize(row: PolicyRow | undefined, principal: Principal | undefined): Principal;
  /** Why a watch may not begin. Undefined: it may. */
  refusalOfWatch(frame: LinkWatchFrame): ErrorCode | undefined;
}

export interface PolicyParts {
  readonly revocations: Pick<Revocations, 'isRevoked'>;
  readonly trail: Pick<AuditTrail, 'noteOnce'>;
}

/** Who asks where nobody has to be named. */
const NOBODY: Principal = { userId: '', sessionId: '', scopes: [] };

export function createPolicy({ revocations, trail }: PolicyParts): Policy {
  /** Undefined: allowed. */
  function refusal(row: PolicyRow | undefined, principal: Principal | undefined): ErrorCode | undefined {
    if (row?.scope === 'public') return undefined;
    if (principal === undefined || principal.userId === '') return 'unauthenticated';
    // The operator asks in the name of people who may be disabled.
    const isOperator = principal.sessionId === OPERATOR_SESSION;
    if (!isOperator && revocations.isRevoked(principal)) return 'unauthenticated';
    const isAllowed =
      row !== undefined && (row.scope === 'signed-in' || principal.scopes.includes(row.scope));
    const action = row?.action ?? 'unlisted';
    const { userId, sessionId } = principal;
    const actor = actorOf(principal);
    if (!isAllowed) {
      const detail = { sessionId, scope: row?.scope ?? null };
      const denied = { actor, action: 'policy.denied', target: action, detail };
      trail.noteOnce(`denied ${userId} ${sessionId} ${action}`, denied);
      return 'forbidden';
    }
    if (row.scope === 'admin') {
      const used = { actor, action: 'admin.used', target: action, detail: { sessionId } };
      trail.noteOnce(`admin ${userId} ${sessionId} ${action}`, used);
    }
    return undefined;
  }

  return {
    authorize(row, principal) {
      const code = refusal(row, principal);
      if (code === 'unauthenticated') throw unauthenticated();
      if (code !== undefined)
        throw new ApiError('forbidden', `this needs the scope ${row?.scope ?? 'of a listed route'}`);
      return principal ?? NOBODY;
    },
    refusalOfWatch({ topic, userId, sessionId = '', scopes = [] }) {
      const row = FRAME_POLICY[topic.startsWith('turn:') ? 'watch turn' : 'watch surface'];
      return refusal(row, { userId, sessionId, scopes });
    },
  };
}

/** The one answer to whoever is nobody here, for whatever cause. */
export function unauthenticated(): ApiError {
  return new ApiError('unauthenticated', 'nothing here says who you are', 'sign in, or send a token');
}
