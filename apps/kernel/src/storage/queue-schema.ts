import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** Messages that wait for a turn of their conversation. One that a turn got is gone in the commit that gave it. */
export const queued_message = sqliteTable(
  'queued_message',
  {
    id: text().primaryKey(),
    conversation_id: text().notNull(),
    /** Its place among those of its conversation, with gaps. */
    position: integer().notNull(),
    mode: text({ enum: ['steer', 'queue'] }).notNull(),
    text: text().notNull(),
    /** Null: the conversation's. */
    model: text(),
    /** User id. */
    by: text().notNull(),
    created_at: integer().notNull(),
    /** Null: never. */
    edited_at: integer(),
    /** CRC-32 over all of it. */
    checksum: integer().notNull(),
  },
  (table) => [index('queued_message_in_order').on(table.conversation_id, table.position, table.id)],
);
