import type { RevokedResponse, SessionSummary, SessionsResponse } from '@dispatch/transport-contract';
import type { SessionRow } from '../identity/people-store.ts';
import type { ApiHandler } from './api-handler.ts';
import { revokedAnswer } from './revoked-answer.ts';

/** A session as its user sees it. */
export function sessionSummary(row: SessionRow, currentId: string): SessionSummary {
  const { id, createdAt, lastUsedAt, expiresAt, userAgent } = row;
  return { id, createdAt, lastUsedAt, expiresAt, userAgent, current: id === currentId };
}

/** `GET /sessions`: those that are still good. */
export const sessions: ApiHandler = async ({ principal }, { store, clock }): Promise<SessionsResponse> => {
  const now = clock.wall();
  const rows = await store.people.sessionsOf(principal.userId);
  const good = rows.filter(({ revokedAt, expiresAt }) => revokedAt === null && expiresAt > now);
  return { sessions: good.map((row) => sessionSummary(row, principal.sessionId)) };
};

/** `DELETE /sessions/:sessionId` */
export const endSession: ApiHandler = async ({ principal, params }, { identity }): Promise<RevokedResponse> =>
  revokedAnswer(await identity.grants.endSession(principal, params['sessionId'] ?? ''), 'session');
