import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { StoredStream } from './judge-stream.ts';

/** A user's stream as the database holds it, while the kernel runs or behind its end. */
export function readStoredStream(dataDir: string, userId: string): StoredStream {
  const database = new Database(join(dataDir, 'dispatch.db'), { readonly: true, fileMustExist: true });
  try {
    const rows = database
      .prepare(
        'select user_event.seq, event.body from user_event join event on event.id = user_event.event_id where user_id = ? order by seq',
      )
      .all(userId) as { readonly seq: number; readonly body: string }[];
    return rows.map(({ seq, body }) => ({ seq, event: JSON.parse(body) }));
  } finally {
    database.close();
  }
}
