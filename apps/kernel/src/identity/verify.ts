import { addressClass, type Credential, LOCAL_OWNER, type VerifyAnswer } from '@dispatch/link';
import { fingerprint } from '../ids.ts';
import type { Clock, Ids, Store } from '../ports.ts';
import type { AuditTrail } from './audit-trail.ts';
import { onceIn } from './once-in.ts';
import type { IdentityRow, UserRow } from './people-store.ts';
import type { SecretHashes } from './pepper.ts';
import { createSignInLimits } from './sign-in-limits.ts';
import { SignInRefused } from './sign-in-refused.ts';
import { parseSecret } from './token-format.ts';
import { grantedBy, grantedByProvider } from './verified.ts';

const DAY_MS = 24 * 3_600_000;
const NAME_CHARACTERS = 100;

export interface VerifyParts {
  readonly store: Pick<Store, 'commit' | 'people'>;
  readonly hashes: SecretHashes;
  readonly trail: AuditTrail;
  /** Told of each use of a token or a session. */
  readonly onUsed: (id: string) => void;
  /** Subject of the identity provider that is the owner of this instance. Absent: nobody who signs in is. */
  readonly oidcOwner?: string;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** Tells who a credential is of. Throws {@link SignInRefused} for everything that is wrong with it. */
export type Verify = (credential: Credential, address: string) => Promise<VerifyAnswer>;

export function createVerify(parts: VerifyParts): Verify {
  const { store, hashes, trail, onUsed, clock } = parts;
  const limits = createSignInLimits(clock);
  const isFirstUse = onceIn(clock, DAY_MS);

  /** An unknown id and a wrong secret take the same way: one look-up, one hash, one comparison. */
  async function bySecret(kind: 'token' | 'session', secret: string): Promise<VerifyAnswer | undefined> {
    const parsed = parseSecret(secret);
    if (parsed === undefined || (parsed.kind === 'tok') !== (kind === 'token')) return undefined;
    const row = await (parsed.kind === 'tok'
      ? store.people.token(parsed.id)
      : store.people.session(parsed.id));
    if (!hashes.matches(secret, row?.secretHash) || row === undefined) return undefined;
    return grantedBy(row, await store.people.user(row.userId), clock.wall());
  }

  async function byProvider(
    credential: Extract<Credential, { kind: 'jwt' }>,
  ): Promise<VerifyAnswer | undefined> {
    const { issuer, expiresAt, jwtId } = credential;
    if (expiresAt <= clock.wall()) return undefined;
    const user = await userOf(parts, credential);
    return grantedByProvider(
      `jwt_${fingerprint(JSON.stringify([issuer, jwtId])).slice(0, 32)}`,
      user,
      expiresAt,
    );
  }

  return async (credential, address) => {
    const isProvider = credential.kind === 'jwt';
    const answer = await (isProvider ? byProvider(credential) : bySecret(credential.kind, credential.secret));
    const place = addressClass(address);
    if (answer !== undefined) {
      const { userId, sessionId } = answer.principal;
      if (!isProvider) onUsed(sessionId);
      if (credential.kind !== 'session' && isFirstUse(`${isProvider ? userId : sessionId} ${place}`)) {
        const detail = { kind: credential.kind, sessionId, address };
        trail.note({ actor: userId, action: 'sign-in', target: null, detail });
      }
      return answer;
    }
    const named = isProvider ? undefined : parseSecret(credential.secret)?.id;
    const retryAfterMs = limits.fail([`address ${place}`, ...(named === undefined ? [] : [`id ${named}`])]);
    const action = retryAfterMs > 0 ? 'sign-in.limited' : 'sign-in.failed';
    const entry = {
      actor: 'anonymous',
      action,
      target: named ?? null,
      detail: { kind: credential.kind, address },
    };
    if (retryAfterMs > 0) trail.noteOnce(`${action} ${place}`, entry);
    else trail.note(entry);
    throw new SignInRefused(retryAfterMs);
  };
}

/** The user an identity provider means; made on first sight. Undefined: what is stored of them is damaged. */
async function userOf(
  { store, ids, clock, oidcOwner }: VerifyParts,
  { issuer, subject, name }: Extract<Credential, { kind: 'jwt' }>,
): Promise<UserRow | undefined> {
  const known = await store.people.identity(issuer, subject);
  if (known !== undefined) return store.people.user(known.userId);
  const isOwner = subject === oidcOwner;
  const now = clock.wall();
  const made: UserRow = {
    id: ids.mint('usr'),
    name: (name ?? subject).slice(0, NAME_CHARACTERS),
    role: 'member',
    createdAt: now,
    disabledAt: null,
  };
  const outcome = await store.commit<string | null>({
    *plan(q) {
      // Somebody else's first request may have come between.
      const before = yield* q.people.identity(issuer, subject);
      if (before !== undefined) return { result: before.userId };
      const userId = isOwner ? LOCAL_OWNER : made.id;
      if (!isOwner) yield* q.people.putUser(made);
      const identity: IdentityRow = { issuer, subject, userId, createdAt: now };
      yield* q.people.putIdentity(identity);
      const action = isOwner ? 'user.linked' : 'user.created';
      return { audit: [{ actor: userId, action, target: userId, detail: { issuer } }], result: userId };
    },
  });
  if (outcome.kind !== 'committed' || outcome.result === null) return undefined;
  return store.people.user(outcome.result);
}
