import { join } from 'node:path';
import { appEntry, startProcess } from '@dispatch/tests-processes';
import Database from 'better-sqlite3';
import { CHAIN_START, hashChunk } from '../../apps/kernel/src/storage/chunk-hash.ts';

/** Writes rows into a database that the kernel has made. */
export interface Filling {
  conversation(id: string): void;
  /** A sealed turn; the first of a conversation has ordinal 1. */
  turn(conversationId: string, turnId: string, ordinal: number, parentId: string | null): void;
  /** The next chunk of its turn, chained as the kernel chains them. */
  chunk(conversationId: string, turnId: string, seq: number, role: 'user' | 'assistant', text: string): void;
  /** The last numbers of a conversation. */
  heads(conversationId: string, chunks: number, turns: number): void;
}

/** Makes a database as the kernel makes it, and fills it in one transaction. */
export async function fillDatabase(dataDir: string, fill: (filling: Filling) => void): Promise<void> {
  const kernel = startProcess(appEntry('kernel'), [], { DISPATCH_DATA_DIR: dataDir });
  await kernel.ready;
  await kernel.kill('SIGTERM');
  const database = new Database(join(dataDir, 'dispatch.db'));
  database.pragma('synchronous = OFF');
  const statements = new Map<string, Database.Statement>();
  const insert = (table: string, row: Readonly<Record<string, unknown>>) => {
    const names = Object.keys(row);
    const statement = `insert into ${table} (${names}) values (${names.map((name) => `@${name}`)})`;
    const prepared = statements.get(statement) ?? database.prepare(statement);
    statements.set(statement, prepared);
    prepared.run(row);
  };
  const hashes = new Map<string, string>();
  database.exec('begin');
  fill({
    conversation(id) {
      const times = { created_at: 0, last_activity_at: 0 };
      const titled = { title: 'Filled', title_folded: 'filled', fallback_models: '[]' };
      insert('conversation', { id, owner_id: 'usr_owner', ...titled, status: 'idle', closes: 0, ...times });
    },
    turn(conversation_id, id, ordinal, parent_id) {
      insert('turn', { id, conversation_id, ordinal, beat_id: id, parent_id, ...SEALED_TURN });
    },
    chunk(conversation_id, turn_id, seq, role, text) {
      const body = JSON.stringify({ type: 'text', text });
      const message_id = `msg_${seq}`;
      const row = { conversation_id, seq, turn_id, message_id, step_id: null, role, body, created_at: seq };
      const hash = hashChunk(hashes.get(conversation_id) ?? CHAIN_START, row);
      hashes.set(conversation_id, hash);
      insert('chunk', { ...row, hash });
    },
    heads(conversationId, chunks, turns) {
      insert('head', { stream: `chunk:${conversationId}`, seq: chunks });
      insert('head', { stream: `turn:${conversationId}`, seq: turns });
    },
  });
  database.exec('commit');
  database.close();
}

const SEALED_TURN = {
  state: 'sealed',
  fence: 1,
  started_by: 'usr_owner',
  model: 'demo/fast',
  started_at: 0,
  sealed_at: 1,
  reason: 'stop',
  metrics: JSON.stringify({ turnId: 'filled', usage: { inputTokens: 0, outputTokens: 0 }, steps: [] }),
  answered_model: 'demo/fast',
  output_tokens: 0,
  gen_ms: 0,
  events: 'trimmed',
};
