/** The tables of tool calls that act: what was asked, what was allowed, what was begun. As in schema.ts, which declares the rest. */
import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

/** Tool calls that waited for a person, or wait. Never deleted: what ran names who let it. */
export const approval = sqliteTable(
  'approval',
  {
    id: text().primaryKey(),
    /** Place among all of them, from a head row: the order they were asked in. */
    ordinal: integer().notNull(),
    conversation_id: text().notNull(),
    turn_id: text().notNull(),
    tool_call_id: text().notNull(),
    tool: text().notNull(),
    /** JSON of the arguments. */
    input: text().notNull(),
    /** Directory the call will be run in. Null: none. */
    cwd: text(),
    /** Hex SHA-256 of the arguments and the directory in canonical JSON: what an answer is good for. */
    input_hash: text().notNull(),
    summary: text().notNull(),
    /** What an answer for the conversation covers. Null: there is none. */
    pattern: text(),
    state: text({ enum: ['pending', 'allowed', 'denied', 'expired', 'withdrawn'] }).notNull(),
    /** Null unless it was allowed. */
    scope: text({ enum: ['once', 'conversation'] }),
    asked_at: integer().notNull(),
    expires_at: integer().notNull(),
    /** When it was resolved, however. Null while it is pending. */
    answered_at: integer(),
    /** Null: nobody answered. */
    answered_by: text(),
    /** CRC-32 over the row. */
    checksum: integer().notNull(),
  },
  (table) => [
    uniqueIndex('approval_of_call').on(table.turn_id, table.tool_call_id),
    index('approval_pending').on(table.ordinal).where(sql`${table.state} = 'pending'`),
  ],
);

/** What a person allowed for the rest of a conversation. */
export const approval_grant = sqliteTable(
  'approval_grant',
  {
    id: text().primaryKey(),
    conversation_id: text().notNull(),
    tool: text().notNull(),
    pattern: text().notNull(),
    /** Directory it is good in. Null: none. */
    cwd: text(),
    granted_by: text().notNull(),
    granted_at: integer().notNull(),
    /** CRC-32 over the row. */
    checksum: integer().notNull(),
  },
  (table) => [index('approval_grant_of_conversation').on(table.conversation_id, table.granted_at, table.id)],
);

/** Calls of tools that act. A row stands before its call runs; one that stays `begun` has an outcome nobody knows. */
export const effect = sqliteTable(
  'effect',
  {
    id: text().primaryKey(),
    conversation_id: text().notNull(),
    turn_id: text().notNull(),
    tool_call_id: text().notNull(),
    kind: text({ enum: ['tool'] }).notNull(),
    tool: text().notNull(),
    summary: text().notNull(),
    state: text({ enum: ['begun', 'done', 'failed'] }).notNull(),
    /** When it was begun. */
    at: integer().notNull(),
    /** CRC-32 over the row. */
    checksum: integer().notNull(),
  },
  (table) => [uniqueIndex('effect_of_call').on(table.turn_id, table.tool_call_id)],
);
