import type { WorkspaceRole } from '@dispatch/collab-contract';
import type { Scope } from '@dispatch/transport-contract';

/** Every scope that a principal can have. */
export const SCOPES: readonly Scope[] = ['signed-in', 'chat:read', 'chat:write', 'metrics:read', 'admin'];

const OF_ROLE: { readonly [Role in WorkspaceRole]: readonly Scope[] } = {
  owner: SCOPES,
  admin: SCOPES,
  member: ['signed-in', 'chat:read', 'chat:write'],
  guest: ['signed-in', 'chat:read'],
};

/** What somebody with this role may do with a credential of these scopes: never more than either, and `signed-in` always. */
export function scopesWithin(role: WorkspaceRole, scopes: readonly string[]): readonly Scope[] {
  return OF_ROLE[role].filter((scope) => scope === 'signed-in' || scopes.includes(scope));
}
