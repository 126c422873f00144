import type { User } from '@dispatch/collab-contract';
import { LOCAL_OWNER, OPERATOR_SESSION, type Principal, type VerifyAnswer } from '@dispatch/link';
import type { PeopleReads, SessionRow, TokenRow, UserRow } from './people-store.ts';
import { SCOPES, scopesWithin } from './scopes.ts';

export function publicUser({ id, name, role }: UserRow): User {
  return { id, name, role };
}

/** What a good token or session makes of its user. Undefined: it is over, or the user may not sign in. */
export function grantedBy(
  row: TokenRow | SessionRow,
  user: UserRow | undefined,
  now: number,
): VerifyAnswer | undefined {
  const isOver = row.revokedAt !== null || (row.expiresAt !== null && row.expiresAt <= now);
  if (isOver || user === undefined || user.disabledAt !== null || user.id !== row.userId) return undefined;
  return {
    principal: { userId: user.id, sessionId: row.id, scopes: scopesWithin(user.role, row.scopes) },
    user: publicUser(user),
    kind: 'startedBy' in row ? 'session' : 'token',
    expiresAt: row.expiresAt,
  };
}

/** What the identity provider's word makes of a user. Undefined: they may not sign in. */
export function grantedByProvider(
  sessionId: string,
  user: UserRow | undefined,
  expiresAt: number,
): VerifyAnswer | undefined {
  if (user === undefined || user.disabledAt !== null) return undefined;
  return {
    principal: { userId: user.id, sessionId, scopes: scopesWithin(user.role, SCOPES), expiresAt },
    user: publicUser(user),
    kind: 'jwt',
    expiresAt,
  };
}

/** Who a principal is as of now. Undefined: they are nobody any more. */
export async function describePrincipal(
  people: PeopleReads,
  principal: Principal,
  now: number,
): Promise<VerifyAnswer | undefined> {
  const { userId, sessionId, scopes, expiresAt } = principal;
  const user = await people.user(userId);
  if (sessionId.startsWith('tok_') || sessionId.startsWith('ses_')) {
    const row = await (sessionId.startsWith('tok_') ? people.token(sessionId) : people.session(sessionId));
    return row && grantedBy(row, user, now);
  }
  if (sessionId === 'local' || sessionId === OPERATOR_SESSION) return withoutCredential(principal, user);
  // Of a JWT the kernel knows no more than its gateway told; one without an end is none.
  if (user === undefined || user.disabledAt !== null || expiresAt === undefined || expiresAt <= now)
    return undefined;
  return {
    principal: { userId, sessionId, scopes: scopesWithin(user.role, scopes), expiresAt },
    user: publicUser(user),
    kind: 'jwt',
    expiresAt,
  };
}

/** Whoever is on this machine. Their row may be missing where the disk had no room for it. */
function withoutCredential(principal: Principal, row: UserRow | undefined): VerifyAnswer | undefined {
  const owner = { id: LOCAL_OWNER, name: 'Owner', role: 'owner' } as const;
  const user = row === undefined ? owner : publicUser(row);
  if (user.id !== principal.userId) return undefined;
  const scopes = scopesWithin(user.role, principal.scopes);
  return { principal: { ...principal, scopes }, user, kind: 'local', expiresAt: null };
}
