import type { Principal } from '@dispatch/link';
import type { Log } from '../ports.ts';
import { readAtStart } from '../read-at-start.ts';
import type { PeopleReads, RevokedIds } from './people-store.ts';

/** Who may no longer do anything, whatever a gateway remembers of them. */
export interface Revocations {
  isRevoked(principal: Pick<Principal, 'userId' | 'sessionId'>): boolean;
  /** To be called behind the commit that revokes. */
  add(revoked: Partial<RevokedIds>): void;
  /** The user was enabled again. What they had stays revoked. */
  restore(userId: string): void;
}

/** What was revoked so far and could still be shown; kept in memory, since every request and every watch asks. */
export async function readRevocations(people: PeopleReads, now: number, log: Log): Promise<Revocations> {
  // Without them a revocation is felt when a gateway asks again, within seconds, since the rows themselves tell.
  const nobody: RevokedIds = { sessionIds: [], userIds: [] };
  const { sessionIds, userIds } = await readAtStart(
    log,
    'who was revoked',
    () => people.revoked(now),
    nobody,
  );
  const sessions = new Set(sessionIds);
  const users = new Set(userIds);
  return {
    isRevoked: ({ userId, sessionId }) => sessions.has(sessionId) || users.has(userId),
    add({ sessionIds: more = [], userIds: others = [] }) {
      for (const id of more) sessions.add(id);
      for (const id of others) users.add(id);
    },
    restore: (userId) => void users.delete(userId),
  };
}
