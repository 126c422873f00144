import type {
  Principal,
  RedeemTicketBody,
  StartSessionBody,
  TicketBody,
  VerifyAnswer,
  VerifyBody,
} from '@dispatch/link';
import type { Clock, Ids, Log, Store } from '../ports.ts';
import { type AuditTrail, createAuditTrail } from './audit-trail.ts';
import { createGrants, type Granted, type Grants } from './grants.ts';
import { createLastUsed } from './last-used.ts';
import type { RevokedIds, SessionRow } from './people-store.ts';
import { secretHashes } from './pepper.ts';
import { type Revocations, readRevocations } from './revocations.ts';
import { SignInRefused } from './sign-in-refused.ts';
import { createTickets } from './tickets.ts';
import { createUsers, type Users } from './users.ts';
import { describePrincipal } from './verified.ts';
import { createVerify } from './verify.ts';

export interface IdentityParts {
  readonly store: Pick<Store, 'commit' | 'people'>;
  readonly dataDirectory: string;
  readonly oidcOwner?: string;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** Told behind the commit: whoever these were is signed out everywhere. */
  readonly onSignedOut: (signedOut: Partial<RevokedIds>) => void;
}

/** Who is who: the half of it that needs the store. */
export interface Identity {
  /** Throws {@link SignInRefused}. */
  verify(body: VerifyBody): Promise<VerifyAnswer>;
  /** Who a principal is as of now. Throws {@link SignInRefused} when they are nobody any more. */
  describe(principal: Principal): Promise<VerifyAnswer>;
  startSession(principal: Principal, body: StartSessionBody): Promise<Granted<SessionRow> | 'full'>;
  issueTicket(
    principal: Principal,
    place: TicketBody,
  ): Promise<{ readonly ticket: string; readonly expiresAt: number }>;
  /** Throws {@link SignInRefused}. */
  redeemTicket(body: RedeemTicketBody): Promise<VerifyAnswer>;
  readonly grants: Pick<Grants, 'createToken' | 'revokeToken' | 'endSession'>;
  readonly users: Users;
  readonly revocations: Pick<Revocations, 'isRevoked'>;
  readonly trail: AuditTrail;
}

/** Reads what it has to know before the first request. */
export async function createIdentity(parts: IdentityParts): Promise<Identity> {
  const { store, dataDirectory, oidcOwner, clock, ids, log, onSignedOut } = parts;
  const hashes = secretHashes(dataDirectory);
  const trail = createAuditTrail(store, { clock, log });
  const revocations = await readRevocations(store.people, clock.wall(), log);
  const onUsed = createLastUsed(store, { clock, log });
  const owner = oidcOwner === undefined ? {} : { oidcOwner };
  const verify = createVerify({ store, hashes, trail, onUsed, clock, ids, ...owner });
  const tickets = createTickets(clock, ids);
  const onRevoked = (revoked: Partial<RevokedIds>): void => {
    revocations.add(revoked);
    onSignedOut(revoked);
  };
  const grants = createGrants({ store, hashes, clock, ids, onRevoked });
  const users = createUsers({
    store,
    clock,
    ids,
    onRevoked,
    onEnabled: revocations.restore,
    onRoleChanged: (userId) => onSignedOut({ userIds: [userId] }),
  });

  async function describe(principal: Principal): Promise<VerifyAnswer> {
    const found = await describePrincipal(store.people, principal, clock.wall());
    if (found === undefined || revocations.isRevoked(principal)) throw new SignInRefused();
    return found;
  }

  return {
    verify: ({ credential, address }) => verify(credential, address),
    describe,
    startSession: async (principal, body) => grants.startSession(await describe(principal), body),
    issueTicket: async (principal, place) => tickets.issue(await describe(principal), place),
    async redeemTicket({ ticket, ...place }) {
      const holder = tickets.redeem(ticket, place);
      if (holder === undefined) throw new SignInRefused();
      // As they are now: what was revoked since is over, and a role may be another.
      const { principal } = await describe(holder.principal);
      return { ...holder, principal };
    },
    grants,
    users,
    revocations,
    trail,
  };
}
