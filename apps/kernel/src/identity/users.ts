import { LOCAL_OWNER, type Principal } from '@dispatch/link';
import type { ChangeUserRequest, CreateUserRequest } from '@dispatch/transport-contract';
import type { Clock, Ids, Store } from '../ports.ts';
import { actorOf } from './audit-trail.ts';
import { isWritten } from './grants.ts';
import type { RevokedIds, UserRow } from './people-store.ts';

export interface UsersParts {
  readonly store: Pick<Store, 'commit'>;
  readonly clock: Pick<Clock, 'wall'>;
  readonly ids: Ids;
  readonly onRevoked: (revoked: Partial<RevokedIds>) => void;
  /** The user may sign in again. */
  readonly onEnabled: (userId: string) => void;
  /** What the user may do is another: whoever remembers it has to ask again. */
  readonly onRoleChanged: (userId: string) => void;
}

/** `owner`: the owner of the instance stays it. */
export type ChangeUserOutcome = UserRow | 'not-found' | 'owner' | 'full';

/** Makes and changes people. Each is one commit, its entry in the audit trail included. */
export interface Users {
  create(principal: Principal, request: CreateUserRequest): Promise<UserRow | 'full'>;
  change(principal: Principal, userId: string, request: ChangeUserRequest): Promise<ChangeUserOutcome>;
}

export function createUsers({ store, clock, ids, onRevoked, onEnabled, onRoleChanged }: UsersParts): Users {
  return {
    async create(principal, { name, role = 'member' }) {
      const row: UserRow = { id: ids.mint('usr'), name, role, createdAt: clock.wall(), disabledAt: null };
      const outcome = await store.commit({
        *plan(q) {
          yield* q.people.putUser(row);
          const actor = actorOf(principal);
          return {
            audit: [{ actor, action: 'user.created', target: row.id, detail: { role } }],
            result: null,
          };
        },
      });
      return isWritten(outcome) ? row : 'full';
    },

    async change(principal, userId, { name, role, disabled }) {
      let before: UserRow | undefined;
      const sessionIds: string[] = [];
      const outcome = await store.commit<Exclude<ChangeUserOutcome, 'full'>>({
        *plan(q) {
          before = yield* q.people.user(userId);
          if (before === undefined) return { result: 'not-found' };
          const narrowed = disabled === true || (role !== undefined && role !== 'owner');
          if (userId === LOCAL_OWNER && narrowed) return { result: 'owner' };
          const now = clock.wall();
          const disabledAt =
            disabled === undefined ? before.disabledAt : disabled ? (before.disabledAt ?? now) : null;
          const row: UserRow = {
            ...before,
            name: name ?? before.name,
            role: role ?? before.role,
            disabledAt,
          };
          yield* q.people.putUser(row);
          if (disabledAt !== null) {
            const ofTokens = (yield* q.people.tokensOf(userId)).filter(isGood);
            const ofSessions = (yield* q.people.sessionsOf(userId)).filter(isGood);
            for (const token of ofTokens) yield* q.people.putToken({ ...token, revokedAt: now });
            for (const session of ofSessions) yield* q.people.putSession({ ...session, revokedAt: now });
            sessionIds.push(...[...ofTokens, ...ofSessions].map(({ id }) => id));
          }
          const detail = { role: row.role, disabled: disabledAt !== null, renamed: row.name !== before.name };
          return {
            audit: [{ actor: actorOf(principal), action: 'user.changed', target: userId, detail }],
            result: row,
          };
        },
      });
      if (!isWritten(outcome)) return 'full';
      const row = outcome.result;
      if (typeof row === 'string' || before === undefined) return row;
      if (row.disabledAt !== null) onRevoked({ userIds: [userId], sessionIds });
      else {
        if (before.disabledAt !== null) onEnabled(userId);
        if (before.role !== row.role) onRoleChanged(userId);
      }
      return row;
    },
  };
}

const isGood = ({ revokedAt }: { readonly revokedAt: number | null }) => revokedAt === null;
