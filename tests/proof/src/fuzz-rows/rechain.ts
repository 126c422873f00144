import { createHash } from 'node:crypto';
import type Database from 'better-sqlite3';

/** Gives every chunk of a conversation the hash it would have if it had been written as it stands, and no checksum. */
export function rechain(database: Database.Database, conversationId: string): void {
  const rows = database
    .prepare('select rowid as id, * from chunk where conversation_id = ? order by seq')
    .all(conversationId) as Record<string, unknown>[];
  const update = database.prepare('update chunk set hash = ?, checksum = null where rowid = ?');
  let previous = '';
  for (const row of rows) {
    const hash = createHash('sha256');
    const fields = [
      'conversation_id',
      'seq',
      'turn_id',
      'message_id',
      'step_id',
      'role',
      'body',
      'created_at',
    ];
    for (const field of [previous, ...fields.map((name) => String(row[name] ?? ''))]) {
      hash.update(`${Buffer.byteLength(field)}:`).update(field);
    }
    previous = hash.digest('hex');
    update.run(previous, row['id']);
  }
}
