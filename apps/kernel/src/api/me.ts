import type { MeResponse, Scope } from '@dispatch/transport-contract';
import type { ApiHandler } from './api-handler.ts';

/** `GET /me` */
export const me: ApiHandler = async ({ principal }, { identity }): Promise<MeResponse> => {
  const { user, kind, expiresAt, principal: found } = await identity.describe(principal);
  const scopes = found.scopes as readonly Scope[];
  return { user, scopes, session: { id: found.sessionId, kind, expiresAt } };
};
