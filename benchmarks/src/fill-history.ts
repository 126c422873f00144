import { join } from 'node:path';
import { appEntry, startProcess } from '@dispatch/tests-processes';
import Database from 'better-sqlite3';
import { CHAIN_START, hashChunk } from '../../apps/kernel/src/storage/chunk-hash.ts';

/** Turns of so many chunks each. */
const PER_TURN = 50;

/** Makes a database as the kernel makes it and fills the conversation `filled` with so many chunks, chained as the kernel chains them. */
export async function fillHistory(dataDir: string, chunks: number): Promise<void> {
  const kernel = startProcess(appEntry('kernel'), [], { DISPATCH_DATA_DIR: dataDir });
  await kernel.ready;
  await kernel.kill('SIGTERM');
  const database = new Database(join(dataDir, 'dispatch.db'));
  database.pragma('synchronous = OFF');
  const insert = (table: string, row: Readonly<Record<string, unknown>>) => {
    const names = Object.keys(row);
    const statement = `insert into ${table} (${names}) values (${names.map((name) => `@${name}`)})`;
    const prepared = statements.get(statement) ?? database.prepare(statement);
    statements.set(statement, prepared);
    prepared.run(row);
  };
  const statements = new Map<string, Database.Statement>();
  database.exec('begin');
  insert('conversation', {
    id: 'filled',
    owner_id: 'usr_owner',
    title: 'Filled',
    title_folded: 'filled',
    fallback_models: '[]',
    status: 'idle',
    closes: 0,
    created_at: 0,
    last_activity_at: 0,
  });
  let hash = CHAIN_START;
  for (let seq = 1; seq <= chunks; seq += 1) {
    const ordinal = Math.ceil(seq / PER_TURN);
    const turnId = `trn_${String(ordinal).padStart(26, '0')}`;
    if (seq % PER_TURN === 1) {
      insert('turn', { id: turnId, conversation_id: 'filled', ordinal, ...SEALED_TURN });
    }
    const row = {
      conversation_id: 'filled',
      seq,
      turn_id: turnId,
      message_id: `msg_${seq}`,
      step_id: null,
      role: 'assistant' as const,
      body: JSON.stringify({ type: 'text', text: `Chunk ${seq} of a long conversation, of a usual length.` }),
      created_at: seq,
    };
    hash = hashChunk(hash, row);
    insert('chunk', { ...row, hash });
  }
  insert('head', { stream: 'chunk:filled', seq: chunks });
  insert('head', { stream: 'turn:filled', seq: Math.ceil(chunks / PER_TURN) });
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
