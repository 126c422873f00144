/** The tables of people and of what they did. As in schema.ts, which declares the rest. */
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** People who may sign in. Never deleted: what they did names them. */
export const user = sqliteTable('user', {
  id: text().primaryKey(),
  name: text().notNull(),
  created_at: integer().notNull(),
  /** Null while they may sign in. */
  disabled_at: integer(),
  /** CRC-32 over the row. */
  checksum: integer().notNull(),
});

export const workspace = sqliteTable('workspace', {
  id: text().primaryKey(),
  name: text().notNull(),
  created_at: integer().notNull(),
});

export const workspace_member = sqliteTable(
  'workspace_member',
  {
    workspace_id: text()
      .notNull()
      .references(() => workspace.id),
    user_id: text()
      .notNull()
      .references(() => user.id),
    role: text({ enum: ['owner', 'admin', 'member', 'guest'] }).notNull(),
    /** CRC-32 over the row. */
    checksum: integer().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.workspace_id, table.user_id] }),
    index('workspace_member_of_user').on(table.user_id),
  ],
);

/** Whom an identity provider means by a subject. */
export const identity = sqliteTable(
  'identity',
  {
    issuer: text().notNull(),
    subject: text().notNull(),
    user_id: text()
      .notNull()
      .references(() => user.id),
    created_at: integer().notNull(),
    /** CRC-32 over the row. */
    checksum: integer().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.issuer, table.subject] }),
    index('identity_of_user').on(table.user_id),
  ],
);

export const api_token = sqliteTable(
  'api_token',
  {
    id: text().primaryKey(),
    user_id: text()
      .notNull()
      .references(() => user.id),
    name: text().notNull(),
    /** JSON array of scopes. */
    scopes: text().notNull(),
    /** Hex HMAC-SHA-256 of the secret; the secret itself is nowhere. */
    secret_hash: text().notNull(),
    created_at: integer().notNull(),
    /** Null: it does not expire. */
    expires_at: integer(),
    revoked_at: integer(),
    /** To the minute. Null: never used. */
    last_used_at: integer(),
    /** CRC-32 over the row but for its last use. */
    checksum: integer().notNull(),
  },
  (table) => [index('api_token_of_user').on(table.user_id, table.created_at)],
);

/** Browsers that are signed in. */
export const session = sqliteTable(
  'session',
  {
    id: text().primaryKey(),
    user_id: text()
      .notNull()
      .references(() => user.id),
    /** The credential it was started with, as a principal names it: it ends with that. */
    started_by: text().notNull(),
    /** JSON array of scopes. */
    scopes: text().notNull(),
    /** Hex HMAC-SHA-256 of the secret. */
    secret_hash: text().notNull(),
    user_agent: text(),
    created_at: integer().notNull(),
    expires_at: integer().notNull(),
    revoked_at: integer(),
    /** To the minute. */
    last_used_at: integer().notNull(),
    /** CRC-32 over the row but for its last use. */
    checksum: integer().notNull(),
  },
  (table) => [
    index('session_of_user').on(table.user_id, table.created_at),
    index('session_started_by').on(table.started_by),
  ],
);

/** Who did what, in order. Rows are added and never changed. */
export const audit = sqliteTable('audit', {
  /** From a head row. */
  seq: integer().primaryKey(),
  at: integer().notNull(),
  actor: text().notNull(),
  action: text().notNull(),
  /** Null: it was done to nothing in particular. */
  target: text(),
  /** JSON object. No content of messages, no secrets. */
  detail: text().notNull(),
  /** Hex SHA-256 over the hash of the row before and this row. */
  hash: text().notNull(),
});
