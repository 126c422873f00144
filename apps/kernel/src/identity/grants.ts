import type { Principal, StartSessionBody, VerifyAnswer } from '@dispatch/link';
import type { CreateTokenRequest } from '@dispatch/transport-contract';
import type { Clock, CommitOutcome, Ids, Store } from '../ports.ts';
import { actorOf } from './audit-trail.ts';
import type { RevokedIds, SessionRow, TokenRow } from './people-store.ts';
import type { SecretHashes } from './pepper.ts';
import { scopesWithin } from './scopes.ts';
import { mintSecret } from './token-format.ts';

const DAY_MS = 24 * 3_600_000;
const TOKEN_DAYS = 90;
const SESSION_MS = 30 * DAY_MS;
const USER_AGENT_CHARACTERS = 200;

export interface GrantParts {
  readonly store: Pick<Store, 'commit' | 'people'>;
  readonly hashes: SecretHashes;
  readonly clock: Pick<Clock, 'wall'>;
  readonly ids: Ids;
  /** Told behind the commit, of everything that is over with it. */
  readonly onRevoked: (revoked: Partial<RevokedIds>) => void;
}

/** A secret that was made; it is stored nowhere. */
export interface Granted<Row> {
  readonly row: Row;
  readonly secret: string;
}

/** `not-found`: there is none of this id that is the caller's. */
export type RevokeOutcome = 'revoked' | 'was-revoked' | 'not-found' | 'full';

/** Makes and ends tokens and sessions. Each is one commit, its entry in the audit trail included. */
export interface Grants {
  /** For the caller; of the scopes that were checked before. `full`: no room on the disk. */
  createToken(caller: VerifyAnswer, request: CreateTokenRequest): Promise<Granted<TokenRow> | 'full'>;
  startSession(caller: VerifyAnswer, body: StartSessionBody): Promise<Granted<SessionRow> | 'full'>;
  /** Of a token of the caller's; an administrator may name anybody's. The sessions it started end with it. */
  revokeToken(principal: Principal, tokenId: string, ofAnybody: boolean): Promise<RevokeOutcome>;
  endSession(principal: Principal, sessionId: string): Promise<RevokeOutcome>;
}

export function createGrants({ store, hashes, clock, ids, onRevoked }: GrantParts): Grants {
  return {
    async createToken(caller, { name, scopes, expiresInDays = TOKEN_DAYS }) {
      const now = clock.wall();
      const id = ids.mint('tok');
      const secret = mintSecret(id, ids);
      const row: TokenRow = {
        id,
        userId: caller.principal.userId,
        name,
        scopes: scopesWithin(caller.user.role, scopes),
        secretHash: hashes.hash(secret),
        createdAt: now,
        expiresAt: now + expiresInDays * DAY_MS,
        revokedAt: null,
        lastUsedAt: null,
      };
      const outcome = await store.commit({
        *plan(q) {
          yield* q.people.putToken(row);
          const { sessionId: madeWith } = caller.principal;
          const detail = { userId: row.userId, name, scopes: row.scopes, expiresAt: row.expiresAt, madeWith };
          const actor = actorOf(caller.principal);
          return { audit: [{ actor, action: 'token.created', target: id, detail }], result: null };
        },
      });
      return isWritten(outcome) ? { row, secret } : 'full';
    },

    async startSession(caller, { userAgent, address, expiresAt }) {
      const now = clock.wall();
      // What a JWT's end means for the session, the gateway says: a code's identity token is over within minutes.
      const ownEnd = caller.kind === 'jwt' ? null : caller.expiresAt;
      const id = ids.mint('ses');
      const secret = mintSecret(id, ids);
      const row: SessionRow = {
        id,
        userId: caller.principal.userId,
        startedBy: caller.principal.sessionId,
        scopes: caller.principal.scopes as SessionRow['scopes'],
        secretHash: hashes.hash(secret),
        userAgent: userAgent?.slice(0, USER_AGENT_CHARACTERS) ?? null,
        createdAt: now,
        expiresAt: Math.min(now + SESSION_MS, expiresAt ?? Infinity, ownEnd ?? Infinity),
        revokedAt: null,
        lastUsedAt: now,
      };
      const outcome = await store.commit({
        *plan(q) {
          yield* q.people.putSession(row);
          const detail = { startedBy: row.startedBy, address, expiresAt: row.expiresAt };
          return {
            audit: [{ actor: row.userId, action: 'session.started', target: id, detail }],
            result: null,
          };
        },
      });
      return isWritten(outcome) ? { row, secret } : 'full';
    },

    async revokeToken(principal, tokenId, ofAnybody) {
      let sessionIds: readonly string[] = [];
      const outcome = await store.commit<Exclude<RevokeOutcome, 'full'>>({
        *plan(q) {
          const row = yield* q.people.token(tokenId);
          if (row === undefined || (row.userId !== principal.userId && !ofAnybody))
            return { result: 'not-found' };
          if (row.revokedAt !== null) return { result: 'was-revoked' };
          const revokedAt = clock.wall();
          yield* q.people.putToken({ ...row, revokedAt });
          const started = (yield* q.people.sessionsStartedBy(tokenId)).filter(
            (session) => session.revokedAt === null,
          );
          for (const session of started) yield* q.people.putSession({ ...session, revokedAt });
          sessionIds = [tokenId, ...started.map(({ id }) => id)];
          const detail = { userId: row.userId, sessions: started.length };
          const audit = [{ actor: actorOf(principal), action: 'token.revoked', target: tokenId, detail }];
          return { audit, result: 'revoked' };
        },
      });
      if (sessionIds.length > 0 && outcome.kind === 'committed') onRevoked({ sessionIds });
      return isWritten(outcome) ? outcome.result : 'full';
    },

    async endSession(principal, sessionId) {
      const outcome = await store.commit<Exclude<RevokeOutcome, 'full'>>({
        *plan(q) {
          const row = yield* q.people.session(sessionId);
          if (row === undefined || row.userId !== principal.userId) return { result: 'not-found' };
          if (row.revokedAt !== null) return { result: 'was-revoked' };
          yield* q.people.putSession({ ...row, revokedAt: clock.wall() });
          const entry = { actor: actorOf(principal), action: 'session.ended', target: sessionId, detail: {} };
          return { audit: [entry], result: 'revoked' };
        },
      });
      if (!isWritten(outcome)) return 'full';
      if (outcome.result === 'revoked') onRevoked({ sessionIds: [sessionId] });
      return outcome.result;
    },
  };
}

/** These commits carry neither key nor fence and refuse nothing, so that only the disk can be in their way. */
export function isWritten<R>(
  outcome: CommitOutcome<R>,
): outcome is CommitOutcome<R> & { readonly kind: 'committed' } {
  return outcome.kind === 'committed';
}
