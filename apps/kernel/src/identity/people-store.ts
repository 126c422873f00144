import type { WorkspaceRole } from '@dispatch/collab-contract';
import type { Scope } from '@dispatch/transport-contract';
import type { Step } from '../step.ts';

/** The one workspace everybody is a member of. */
export const MAIN_WORKSPACE = 'wsp_main';

/** A person, with their role in the workspace. */
export interface UserRow {
  readonly id: string;
  readonly name: string;
  readonly role: WorkspaceRole;
  readonly createdAt: number;
  /** Null while they may sign in. */
  readonly disabledAt: number | null;
}

/** Whom an identity provider means by a subject. */
export interface IdentityRow {
  readonly issuer: string;
  readonly subject: string;
  readonly userId: string;
  readonly createdAt: number;
}

/** What API tokens and browser sessions have in common. */
interface GrantRow {
  readonly id: string;
  readonly userId: string;
  /** What it was made for; whoever asks bounds it by the role of its user. */
  readonly scopes: readonly Scope[];
  /** Hex HMAC-SHA-256 of its secret. */
  readonly secretHash: string;
  readonly createdAt: number;
  /** Null: not revoked. */
  readonly revokedAt: number | null;
}

export interface TokenRow extends GrantRow {
  readonly name: string;
  /** Null: it does not expire. */
  readonly expiresAt: number | null;
  /** To the minute. Null: never. */
  readonly lastUsedAt: number | null;
}

export interface SessionRow extends GrantRow {
  /** The `sessionId` of the principal that started it. */
  readonly startedBy: string;
  readonly userAgent: string | null;
  readonly expiresAt: number;
  /** To the minute. */
  readonly lastUsedAt: number;
}

/** Something for the audit trail. */
export interface AuditDraft {
  /** A user's id, `operator`, `anonymous` or `kernel`. */
  readonly actor: string;
  /** Kebab-case nouns and verbs with dots between: `token.revoked`. */
  readonly action: string;
  /** What it was done to. Null: nothing in particular. */
  readonly target: string | null;
  /** Neither content of messages nor secrets. */
  readonly detail: Readonly<Record<string, AuditValue>>;
}

type AuditValue = string | number | boolean | null | readonly string[];

export interface AuditRow extends AuditDraft {
  /** 1 for the first, without gaps. */
  readonly seq: number;
  readonly at: number;
  /** Hex SHA-256 over the hash before and everything above. */
  readonly hash: string;
}

/** A row of the trail up to which all is well. */
export interface AuditPlace {
  readonly seq: number;
  readonly hash: string;
}

/** What a look at a part of the trail found. */
export interface AuditPage {
  readonly report: {
    /** Number of the last row that must be there. */
    readonly head: number;
    /** The first number whose row is missing or is not what was written. Absent: none of this part. */
    readonly damagedAt?: number;
  };
  /** Where to look on. Absent: that was all. */
  readonly next?: AuditPlace;
}

/** What a plan may ask about people. A row that is not what was written is told and counts as none. */
export interface PeopleSteps {
  user(id: string): Step<UserRow | undefined>;
  /** By the time they were made. */
  users(): Step<readonly UserRow[]>;
  identity(issuer: string, subject: string): Step<IdentityRow | undefined>;
  token(id: string): Step<TokenRow | undefined>;
  /** Newest first. */
  tokensOf(userId: string): Step<readonly TokenRow[]>;
  session(id: string): Step<SessionRow | undefined>;
  /** Newest first. */
  sessionsOf(userId: string): Step<readonly SessionRow[]>;
  /** Sessions that were started with this credential. */
  sessionsStartedBy(sessionId: string): Step<readonly SessionRow[]>;
  /** Tokens and sessions that were revoked before they expired at `now`, and users who are disabled. */
  revoked(now: number): Step<RevokedIds>;
  /** Rows above `since`, in order. */
  audit(since: number, limit: number): Step<readonly AuditRow[]>;
  /** Number of the last row; 0 before the first. */
  auditHead(): Step<number>;
  /** Recomputes the hashes of the rows behind a place, or of the first ones; as many as one look allows. */
  verifyAudit(from?: AuditPlace): Step<AuditPage>;
}

/** What a plan may ask and change of people. A put inserts or replaces the whole row. */
export interface PeopleQueries extends PeopleSteps {
  /** Makes the workspace if it is missing. */
  putWorkspace(id: string, name: string, createdAt: number): Step<void>;
  /** The user and their membership. */
  putUser(row: UserRow): Step<void>;
  putIdentity(row: IdentityRow): Step<void>;
  putToken(row: TokenRow): Step<void>;
  putSession(row: SessionRow): Step<void>;
  /** Notes the last use of a token or a session, by its id. */
  touch(id: string, at: number): Step<void>;
}

export interface RevokedIds {
  readonly sessionIds: readonly string[];
  readonly userIds: readonly string[];
}

/** The same questions outside a commit. */
export type PeopleReads = {
  readonly [Name in keyof PeopleSteps]: PeopleSteps[Name] extends (...given: infer Given) => Step<infer Row>
    ? (...given: Given) => Promise<Row>
    : never;
};
