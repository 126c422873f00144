/**
 * Every table, declared once. Columns are text, integer or blob only (truth values 0/1, JSON as text, times as epoch
 * milliseconds), and properties are called like their columns, so that a raw row has the table's inferred type.
 */
import { sql } from 'drizzle-orm';
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

export { approval, approval_grant, effect } from './approval-schema.ts';
export { api_token, audit, identity, session, user, workspace, workspace_member } from './people-schema.ts';
export { queued_message } from './queue-schema.ts';

export const conversation = sqliteTable(
  'conversation',
  {
    id: text().primaryKey(),
    owner_id: text().notNull(),
    /** Null until set. */
    title: text(),
    /** The title as search sees it: one case, one normal form. Null with the title. */
    title_folded: text(),
    model: text(),
    /** JSON array of model names. */
    fallback_models: text().notNull(),
    cwd: text(),
    status: text({ enum: ['active', 'idle', 'closed'] }).notNull(),
    closes: integer().notNull(),
    created_at: integer().notNull(),
    last_activity_at: integer().notNull(),
    /** Place of its newest activity among all of its owner's, from a head row: the order of the list, whatever clocks said. */
    activity: integer().notNull().default(0),
  },
  (table) => [
    index('conversation_by_activity').on(table.owner_id, sql`${table.activity} desc`, table.id),
    index('conversation_by_status').on(table.owner_id, table.status, sql`${table.activity} desc`, table.id),
  ],
);

export const turn = sqliteTable(
  'turn',
  {
    id: text().primaryKey(),
    conversation_id: text()
      .notNull()
      .references(() => conversation.id),
    /** Place among the turns of its conversation, from a head row: the order they started in, whatever clocks said. */
    ordinal: integer().notNull(),
    state: text({ enum: ['running', 'sealed'] }).notNull(),
    fence: integer().notNull(),
    started_by: text().notNull(),
    /** The model asked for. */
    model: text().notNull(),
    started_at: integer().notNull(),
    /** This and the next six are null while the turn runs. */
    sealed_at: integer(),
    /** The store's age at the seal; what is kept for a time is measured by it. */
    sealed_age: integer(),
    reason: text(),
    /** JSON of the turn's metrics. */
    metrics: text(),
    /** The model that answered: taken out of the metrics for the throughput report, like the next two. */
    answered_model: text(),
    output_tokens: integer(),
    gen_ms: integer(),
    /** `trimming`: some events are deleted already, so none may be read any more. */
    events: text({ enum: ['kept', 'trimming', 'trimmed'] }).notNull(),
    /** CRC-32 over what the seal wrote. Null while the turn runs, and where an earlier version sealed it. */
    checksum: integer(),
    /** `primary`: it answers the user. */
    kind: text({ enum: ['primary'] })
      .notNull()
      .default('primary'),
    /** Id of the first turn of its beat. */
    beat_id: text().notNull().default(''),
    /** Number among the versions of its beat; 0: it ended before it had said anything. */
    version: integer().notNull().default(1),
    /** The turn it goes on from. Null: none. */
    parent_id: text(),
    /** The turn that is shown in its place. Null: it is shown itself. */
    superseded_by: text(),
    /** The turn it answers once more. Null: none. */
    regenerated_from: text(),
    /** CRC-32 over the six before and the id. Null where an earlier version wrote the row. */
    place_checksum: integer(),
  },
  (table) => [
    uniqueIndex('turn_in_order').on(table.conversation_id, table.ordinal),
    uniqueIndex('turn_running').on(table.conversation_id).where(sql`${table.state} = 'running'`),
    index('turn_throughput').on(table.sealed_at, table.answered_model, table.output_tokens, table.gen_ms),
    uniqueIndex('turn_version')
      .on(table.conversation_id, table.beat_id, table.kind, table.version)
      .where(sql`${table.version} > 0`),
    index('turn_superseded').on(table.conversation_id).where(sql`${table.superseded_by} is not null`),
    index('turn_retention').on(table.sealed_age).where(sql`${table.events} <> 'trimmed'`),
  ],
);

export const turn_event = sqliteTable(
  'turn_event',
  {
    turn_id: text()
      .notNull()
      .references(() => turn.id),
    n: integer().notNull(),
    /** JSON of the event. */
    body: text().notNull(),
    /** CRC-32 over turn, index and body. Null where an earlier version wrote the row. */
    checksum: integer(),
  },
  (table) => [primaryKey({ columns: [table.turn_id, table.n] })],
);

export const chunk = sqliteTable(
  'chunk',
  {
    conversation_id: text()
      .notNull()
      .references(() => conversation.id),
    seq: integer().notNull(),
    turn_id: text()
      .notNull()
      .references(() => turn.id),
    message_id: text().notNull(),
    /** Null for chunks that belong to no step. */
    step_id: text(),
    role: text({ enum: ['system', 'user', 'assistant', 'tool'] }).notNull(),
    /** JSON of the chunk. */
    body: text().notNull(),
    created_at: integer().notNull(),
    /** Hex SHA-256 over the hash of the row before and this row's stored bytes. */
    hash: text().notNull(),
    /** CRC-32 over this row alone, for where the row before is lost. Null where an earlier version wrote the row. */
    checksum: integer(),
  },
  (table) => [primaryKey({ columns: [table.conversation_id, table.seq] })],
);

/** What happened, in order, for extensions: written in the commit that made it happen. */
export const domain_event = sqliteTable('domain_event', {
  /** From a head row, never from the database's own counter: a number that a rollback gave back is given again. */
  id: integer().primaryKey(),
  name: text().notNull(),
  /** JSON of the payload. */
  body: text().notNull(),
  /** Time of day of the commit. */
  at: integer().notNull(),
  /** The store's age at the commit; what is kept for a time is measured by it. */
  age: integer().notNull(),
  /** CRC-32 over id, name, body and time. */
  checksum: integer().notNull(),
});

/** What users learn, each event once, whoever it is for: written in the commit that caused it. */
export const event = sqliteTable('event', {
  /** From a head row, like that of a domain event. */
  id: integer().primaryKey(),
  /** JSON of the event. */
  body: text().notNull(),
  /** Time of day of the commit. */
  at: integer().notNull(),
  /** The store's age at the commit; what is kept for a time is measured by it. */
  age: integer().notNull(),
  /** CRC-32 over id, body and time. */
  checksum: integer().notNull(),
});

/** Whom an event is for, and its number in their stream. */
export const user_event = sqliteTable(
  'user_event',
  {
    user_id: text().notNull(),
    /** 1-based, gap-free per user, from a head row. */
    seq: integer().notNull(),
    event_id: integer().notNull(),
    /** CRC-32 over user, number and event. */
    checksum: integer().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.user_id, table.seq] }),
    index('user_event_by_event').on(table.event_id),
  ],
);

/** What extensions keep, each for itself. */
export const extension_row = sqliteTable(
  'extension_row',
  {
    extension_id: text().notNull(),
    key: text().notNull(),
    /** JSON of the value. */
    body: text().notNull(),
    /** 1 for a new row, one more with each change. */
    version: integer().notNull(),
    /** CRC-32 over extension, key, body and version. */
    checksum: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.extension_id, table.key] })],
);

/** The last domain event each extension has handled. */
export const extension_cursor = sqliteTable(
  'extension_cursor',
  {
    extension_id: text().primaryKey(),
    event_id: integer().notNull(),
  },
  (table) => [index('extension_cursor_place').on(table.event_id)],
);

/** When extensions want to be called. */
export const timer = sqliteTable(
  'timer',
  {
    extension_id: text().notNull(),
    key: text().notNull(),
    /** Time of day, in epoch milliseconds. */
    due_at: integer().notNull(),
    /** 1: that time of day is meant, wherever the clock is set. 0: an interval that was to end then. */
    by_clock: integer().notNull(),
    /** From a head row: no timer has the number of an earlier one, also not of one that is gone. */
    generation: integer().notNull(),
    /** How often it was handed over without an end. */
    attempt: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.extension_id, table.key] })],
);

/** What is kept of people being there or not. Who has connections now is in no table. */
export const presence = sqliteTable('presence', {
  user_id: text().primaryKey(),
  /** Null: none. */
  status_text: text(),
  /** When the bit or the text changed last, time of day. Null: never. */
  last_seen_at: integer(),
  /** 1: others were told last that they are there. */
  told_online: integer().notNull(),
});

/** Last number given out in each stream. Advanced only inside the commit that uses the number, so streams have no gaps. */
export const head = sqliteTable('head', {
  stream: text().primaryKey(),
  seq: integer().notNull(),
});

export const idempotency = sqliteTable(
  'idempotency',
  {
    principal: text().notNull(),
    key: text().notNull(),
    operation: text().notNull(),
    body_hash: text().notNull(),
    /** JSON. Null: the plan had no result. */
    result: text(),
    /** The age of the store at which the key is forgotten. */
    expires_at: integer().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.principal, table.key] }),
    index('idempotency_expiry').on(table.expires_at),
  ],
);

/** Facts about the database itself: `epoch`, `boot-counter`, `age`, `stopped-cleanly`. */
export const meta = sqliteTable('meta', {
  key: text().primaryKey(),
  value: text().notNull(),
});
