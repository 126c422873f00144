import type { IdentityRow, SessionRow, TokenRow, UserRow } from '../identity/people-store.ts';
import { SCOPES } from '../identity/scopes.ts';
import { checksumOf } from './checksum.ts';
import { isWhole } from './rows.ts';
import type { api_token, identity, session, user, workspace_member } from './schema.ts';
import { readJson } from './stored-json.ts';

type UserRecord = typeof user.$inferSelect;
type MemberRecord = typeof workspace_member.$inferSelect;
type IdentityRecord = typeof identity.$inferSelect;
type TokenRecord = typeof api_token.$inferSelect;
type SessionRecord = typeof session.$inferSelect;

/** Undefined: one of the two rows is not what was written. Without a membership there is no role, and nobody without one. */
export function toUser(record: UserRecord, member: MemberRecord | undefined): UserRow | undefined {
  const { id, name, created_at: createdAt, disabled_at: disabledAt } = record;
  if (member === undefined || member.user_id !== id) return undefined;
  if (record.checksum !== checksumOfUser(record) || member.checksum !== checksumOfMember(member)) {
    return undefined;
  }
  return { id, name, role: member.role, createdAt, disabledAt };
}

export function fromUser({ id, name, createdAt, disabledAt }: UserRow): UserRecord {
  const row = { id, name, created_at: createdAt, disabled_at: disabledAt };
  return { ...row, checksum: checksumOfUser(row) };
}

export function fromMember(row: Omit<MemberRecord, 'checksum'>): MemberRecord {
  return { ...row, checksum: checksumOfMember(row) };
}

/** Undefined: the row is not what was written. */
export function toIdentity(record: IdentityRecord): IdentityRow | undefined {
  const { issuer, subject, user_id: userId, created_at: createdAt } = record;
  return record.checksum === checksumOfIdentity(record) ? { issuer, subject, userId, createdAt } : undefined;
}

export function fromIdentity({ issuer, subject, userId, createdAt }: IdentityRow): IdentityRecord {
  const row = { issuer, subject, user_id: userId, created_at: createdAt };
  return { ...row, checksum: checksumOfIdentity(row) };
}

/** Undefined: the row is not what was written. */
export function toToken(record: TokenRecord): TokenRow | undefined {
  const scopes = scopesOf(record.scopes);
  if (scopes === undefined || record.checksum !== checksumOfToken(record)) return undefined;
  return {
    id: record.id,
    userId: record.user_id,
    name: record.name,
    scopes,
    secretHash: record.secret_hash,
    createdAt: record.created_at,
    expiresAt: record.expires_at,
    revokedAt: record.revoked_at,
    lastUsedAt: isWhole(record.last_used_at) ? record.last_used_at : null,
  };
}

export function fromToken(row: TokenRow): TokenRecord {
  const record = {
    id: row.id,
    user_id: row.userId,
    name: row.name,
    scopes: JSON.stringify(row.scopes),
    secret_hash: row.secretHash,
    created_at: row.createdAt,
    expires_at: row.expiresAt,
    revoked_at: row.revokedAt,
    last_used_at: row.lastUsedAt,
  };
  return { ...record, checksum: checksumOfToken(record) };
}

/** Undefined: the row is not what was written. */
export function toSession(record: SessionRecord): SessionRow | undefined {
  const scopes = scopesOf(record.scopes);
  if (scopes === undefined || record.checksum !== checksumOfSession(record)) return undefined;
  return {
    id: record.id,
    userId: record.user_id,
    startedBy: record.started_by,
    scopes,
    secretHash: record.secret_hash,
    userAgent: record.user_agent,
    createdAt: record.created_at,
    expiresAt: record.expires_at,
    revokedAt: record.revoked_at,
    lastUsedAt: isWhole(record.last_used_at) ? record.last_used_at : record.created_at,
  };
}

export function fromSession(row: SessionRow): SessionRecord {
  const record = {
    id: row.id,
    user_id: row.userId,
    started_by: row.startedBy,
    scopes: JSON.stringify(row.scopes),
    secret_hash: row.secretHash,
    user_agent: row.userAgent,
    created_at: row.createdAt,
    expires_at: row.expiresAt,
    revoked_at: row.revokedAt,
    last_used_at: row.lastUsedAt,
  };
  return { ...record, checksum: checksumOfSession(record) };
}

function scopesOf(json: unknown): TokenRow['scopes'] | undefined {
  const scopes = typeof json === 'string' ? readJson(json) : undefined;
  return Array.isArray(scopes) ? SCOPES.filter((scope) => scopes.includes(scope)) : undefined;
}

const checksumOfUser = (row: Omit<UserRecord, 'checksum'>) =>
  checksumOf('user', row.id, row.name, row.created_at, row.disabled_at);

const checksumOfMember = (row: Omit<MemberRecord, 'checksum'>) =>
  checksumOf('member', row.workspace_id, row.user_id, row.role);

const checksumOfIdentity = (row: Omit<IdentityRecord, 'checksum'>) =>
  checksumOf('identity', row.issuer, row.subject, row.user_id, row.created_at);

const checksumOfToken = (row: Omit<TokenRecord, 'checksum'>) =>
  checksumOf(
    ...['token', row.id, row.user_id, row.name, row.scopes, row.secret_hash],
    ...[row.created_at, row.expires_at, row.revoked_at],
  );

const checksumOfSession = (row: Omit<SessionRecord, 'checksum'>) =>
  checksumOf(
    ...['session', row.id, row.user_id, row.started_by, row.scopes, row.secret_hash, row.user_agent],
    ...[row.created_at, row.expires_at, row.revoked_at],
  );
