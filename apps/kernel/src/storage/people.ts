import { and, asc, desc, eq, getTableColumns, gt, isNotNull, isNull, or, sql } from 'drizzle-orm';
import { MAIN_WORKSPACE, type PeopleQueries, type UserRow } from '../identity/people-store.ts';
import type { Step } from '../ports.ts';
import { auditAfter, auditHead, verifyAuditPage } from './audit.ts';
import { api_token, identity, session, user, workspace, workspace_member } from './schema.ts';
import { build, changing, reading, run, slot, slots } from './statements.ts';
import type { OnDamagedRow } from './store-damage.ts';
import {
  fromIdentity,
  fromMember,
  fromSession,
  fromToken,
  fromUser,
  toIdentity,
  toSession,
  toToken,
  toUser,
} from './stored-people.ts';
import { excluded } from './upsert.ts';
import { wholeRows } from './whole-rows.ts';

const users = reading(build.select().from(user).orderBy(asc(user.created_at), asc(user.id)));
const members = reading(build.select().from(workspace_member));
const userById = reading(
  build
    .select()
    .from(user)
    .where(eq(user.id, slot('id'))),
);
const memberOf = reading(
  build
    .select()
    .from(workspace_member)
    .where(
      and(
        eq(workspace_member.workspace_id, slot('workspace_id')),
        eq(workspace_member.user_id, slot('user_id')),
      ),
    ),
);
const identityOf = reading(
  build
    .select()
    .from(identity)
    .where(and(eq(identity.issuer, slot('issuer')), eq(identity.subject, slot('subject')))),
);
const tokenById = reading(
  build
    .select()
    .from(api_token)
    .where(eq(api_token.id, slot('id'))),
);
const tokensOfUser = reading(
  build
    .select()
    .from(api_token)
    .where(eq(api_token.user_id, slot('user_id')))
    .orderBy(desc(api_token.created_at)),
);
const sessionById = reading(
  build
    .select()
    .from(session)
    .where(eq(session.id, slot('id'))),
);
const sessionsOfUser = reading(
  build
    .select()
    .from(session)
    .where(eq(session.user_id, slot('user_id')))
    .orderBy(desc(session.created_at)),
);
const sessionsStartedWith = reading(
  build
    .select()
    .from(session)
    .where(eq(session.started_by, slot('started_by'))),
);
const revokedTokens = reading(
  build
    .select({ id: api_token.id })
    .from(api_token)
    .where(
      and(
        isNotNull(api_token.revoked_at),
        or(isNull(api_token.expires_at), gt(api_token.expires_at, slot('now'))),
      ),
    ),
);
const revokedSessions = reading(
  build
    .select({ id: session.id })
    .from(session)
    .where(and(isNotNull(session.revoked_at), gt(session.expires_at, slot('now')))),
);
const disabledUsers = reading(build.select({ id: user.id }).from(user).where(isNotNull(user.disabled_at)));

const userColumns = getTableColumns(user);
const writtenUser = changing(
  build
    .insert(user)
    .values(slots(userColumns))
    .onConflictDoUpdate({ target: user.id, set: excluded(userColumns) }),
);
const memberColumns = getTableColumns(workspace_member);
const writtenMember = changing(
  build
    .insert(workspace_member)
    .values(slots(memberColumns))
    .onConflictDoUpdate({
      target: [workspace_member.workspace_id, workspace_member.user_id],
      set: excluded(memberColumns),
    }),
);
const identityColumns = getTableColumns(identity);
const writtenIdentity = changing(
  build
    .insert(identity)
    .values(slots(identityColumns))
    .onConflictDoUpdate({ target: [identity.issuer, identity.subject], set: excluded(identityColumns) }),
);
const tokenColumns = getTableColumns(api_token);
const writtenToken = changing(
  build
    .insert(api_token)
    .values(slots(tokenColumns))
    .onConflictDoUpdate({ target: api_token.id, set: excluded(tokenColumns) }),
);
const sessionColumns = getTableColumns(session);
const writtenSession = changing(
  build
    .insert(session)
    .values(slots(sessionColumns))
    .onConflictDoUpdate({ target: session.id, set: excluded(sessionColumns) }),
);
const touched = { last_used_at: sql`${slot('at')}` };
const touchedToken = changing(
  build
    .update(api_token)
    .set(touched)
    .where(eq(api_token.id, slot('id'))),
);
const touchedSession = changing(
  build
    .update(session)
    .set(touched)
    .where(eq(session.id, slot('id'))),
);

/** What plans may ask and change of people. What is not what was written is told to `onDamaged`. */
export function peopleQueries(onDamaged: OnDamagedRow): PeopleQueries {
  const whole = wholeRows(onDamaged);
  return {
    *user(id) {
      const records = yield* userById({ id });
      const [member] = yield* memberOf({ workspace_id: MAIN_WORKSPACE, user_id: id });
      return whole(records, 'user', (record) => toUser(record, member))[0];
    },
    *users() {
      const records = yield* users({});
      const byUser = new Map((yield* members({})).map((member) => [member.user_id, member]));
      return whole(records, 'user', (record) => toUser(record, byUser.get(record.id)));
    },
    *identity(issuer, subject) {
      const [record] = yield* identityOf({ issuer, subject });
      const row = record && toIdentity(record);
      if (record !== undefined && row === undefined) onDamaged(`an identity of ${issuer}`);
      return row;
    },
    *token(id) {
      return whole(yield* tokenById({ id }), 'token', toToken)[0];
    },
    *tokensOf(userId) {
      return whole(yield* tokensOfUser({ user_id: userId }), 'token', toToken);
    },
    *session(id) {
      return whole(yield* sessionById({ id }), 'session', toSession)[0];
    },
    *sessionsOf(userId) {
      return whole(yield* sessionsOfUser({ user_id: userId }), 'session', toSession);
    },
    *sessionsStartedBy(sessionId) {
      return whole(yield* sessionsStartedWith({ started_by: sessionId }), 'session', toSession);
    },
    *revoked(now) {
      const ids = (records: readonly { readonly id: string }[]) => records.map(({ id }) => id);
      const sessionIds = [...ids(yield* revokedTokens({ now })), ...ids(yield* revokedSessions({ now }))];
      return { sessionIds, userIds: ids(yield* disabledUsers({})) };
    },
    audit: (since, limit) => auditAfter(since, limit),
    auditHead,
    verifyAudit: verifyAuditPage,

    putWorkspace: (id, name, createdAt) =>
      run(build.insert(workspace).values({ id, name, created_at: createdAt }).onConflictDoNothing()),
    *putUser(row: UserRow): Step<void> {
      yield* writtenUser(fromUser(row));
      const member = { workspace_id: MAIN_WORKSPACE, user_id: row.id, role: row.role };
      yield* writtenMember(fromMember(member));
    },
    putIdentity: (row) => writtenIdentity(fromIdentity(row)),
    putToken: (row) => writtenToken(fromToken(row)),
    putSession: (row) => writtenSession(fromSession(row)),
    touch: (id, at) => (id.startsWith('tok_') ? touchedToken({ id, at }) : touchedSession({ id, at })),
  };
}
