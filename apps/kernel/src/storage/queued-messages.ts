import { asc, eq, getTableColumns } from 'drizzle-orm';
import type { QueuedMessageRow, QueueQueries } from '../queue/queue-store.ts';
import { checksumOf } from './checksum.ts';
import { queued_message } from './schema.ts';
import { build, changing, reading, slot, slots } from './statements.ts';
import type { OnDamagedRow } from './store-damage.ts';
import { excluded } from './upsert.ts';
import { wholeRows } from './whole-rows.ts';

type QueuedRecord = typeof queued_message.$inferSelect;

const columns = getTableColumns(queued_message);
const queuedOf = reading(
  build
    .select()
    .from(queued_message)
    .where(eq(queued_message.conversation_id, slot('conversation_id')))
    .orderBy(asc(queued_message.position), asc(queued_message.id)),
);
const written = changing(
  build
    .insert(queued_message)
    .values(slots(columns))
    .onConflictDoUpdate({ target: columns.id, set: excluded(columns) }),
);
const removed = changing(build.delete(queued_message).where(eq(queued_message.id, slot('id'))));

/** Messages that wait, as plans and reads ask for them. */
export function queueQueries(onDamaged: OnDamagedRow): QueueQueries {
  const whole = wholeRows(onDamaged);
  return {
    *of(conversationId) {
      const records = yield* queuedOf({ conversation_id: conversationId });
      return whole(records, 'queued message', toWhole);
    },
    *put(row) {
      const values = fromRow(row);
      yield* written({ ...values, checksum: checksumOfRow(values) });
    },
    *remove(id) {
      yield* removed({ id });
    },
  };
}

type QueuedValues = Omit<QueuedRecord, 'checksum'>;

function checksumOfRow(values: QueuedValues): number {
  const { id, conversation_id, position, mode, text, model, by, created_at, edited_at } = values;
  return checksumOf(id, conversation_id, position, mode, model, by, created_at, edited_at, text);
}

/** Undefined: it is not what was written. */
function toWhole({ checksum, ...values }: QueuedRecord): QueuedMessageRow | undefined {
  return checksum === checksumOfRow(values) ? toRow(values) : undefined;
}

function toRow(values: QueuedValues): QueuedMessageRow {
  const { id, conversation_id, position, mode, text, model, by, created_at, edited_at } = values;
  const times = { createdAt: created_at, editedAt: edited_at };
  return { id, conversationId: conversation_id, position, mode, text, model, by, ...times };
}

function fromRow(row: QueuedMessageRow): QueuedValues {
  const { id, conversationId, position, mode, text, model, by, createdAt, editedAt } = row;
  const times = { created_at: createdAt, edited_at: editedAt };
  return { id, conversation_id: conversationId, position, mode, text, model, by, ...times };
}
