import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { openTestStore, sealTurn, startTurn, tempDir } from './__fixtures__/test-store.ts';
import { hashChunk } from './chunk-hash.ts';
import { databasePath } from './sqlite/open-database.ts';

const folder = join(import.meta.dirname, '../../drizzle');

/** A store as version 0.1.0 left it: one conversation, a sealed turn with its events, and one that runs. */
function writtenByFirstVersion(dataDir: string): void {
  const database = new Database(databasePath(dataDir));
  database.pragma('journal_mode = WAL');
  database.exec(readFileSync(join(folder, '0000_conversations.sql'), 'utf8'));
  const { when } = JSON.parse(readFileSync(join(folder, 'meta/_journal.json'), 'utf8')).entries[0];
  database.exec(
    'create table __drizzle_migrations (id integer primary key, hash text not null, created_at numeric)',
  );
  database.prepare('insert into __drizzle_migrations (hash, created_at) values (?, ?)').run('first', when);
  database.exec(`insert into meta values ('epoch', 'e'), ('boot-counter', '4')`);
  database.exec(
    `insert into conversation values ('c1', 'usr_owner', null, null, null, '[]', null, 'active', 0, 1, 1)`,
  );
  const metrics = JSON.stringify({ turnId: 't1', usage: { inputTokens: 1, outputTokens: 2 }, steps: [] });
  const turn = database.prepare(
    `insert into turn (id, conversation_id, ordinal, state, fence, started_by, model, started_at, sealed_at, reason, metrics, events) values (?, 'c1', ?, ?, 4, 'usr_owner', 'm', 1, ?, ?, ?, 'kept')`,
  );
  turn.run('t1', 1, 'sealed', 2, 'stop', metrics);
  turn.run('t2', 2, 'running', null, null, null);
  const event = database.prepare('insert into turn_event values (?, ?, ?)');
  const body = (turnId: string, fields: object) =>
    JSON.stringify({ ...fields, conversationId: 'c1', turnId });
  event.run('t1', 0, body('t1', { type: 'user-message', text: 'hi' }));
  event.run('t1', 1, body('t1', { type: 'turn-sealed' }));
  event.run('t2', 0, body('t2', { type: 'user-message', text: 'again' }));
  const row = {
    conversation_id: 'c1',
    seq: 1,
    turn_id: 't1',
    message_id: 'm',
    step_id: null,
    role: 'user',
  } as const;
  const chunk = { ...row, body: '{"type":"text","text":"hi"}', created_at: 1 };
  database
    .prepare('insert into chunk values (?, ?, ?, ?, ?, ?, ?, ?, ?)')
    .run(...Object.values(chunk), hashChunk('', chunk));
  database.exec(`insert into head values ('chunk:c1', 1), ('turn:c1', 2)`);
  database.close();
}

it('a store of version 0.1.0 opens, is read whole, and goes on', async () => {
  const dataDir = tempDir();
  writtenByFirstVersion(dataDir);
  const store = await openTestStore(dataDir);
  expect(store.fence).toBe(5);
  expect(await store.read.history('c1', { sinceSeq: 0 })).toMatchObject([{ seq: 1, chunk: { text: 'hi' } }]);
  expect(await store.read.turnEvents('t1', -1)).toHaveLength(2);
  expect(await store.read.turnEvents('t2', -1)).toHaveLength(1);
  expect(await store.read.metrics('c1')).toMatchObject([{ turnId: 't1' }]);
  await store.commit({
    *plan(q) {
      yield* q.adoptTurn('t2', store.fence);
      return { result: null };
    },
  });
  expect((await sealTurn(store, 'c1', 't2', ['again', 'answer'])).kind).toBe('committed');
  expect((await startTurn(store, 'c1', 't3')).kind).toBe('committed');
  expect(await store.read.history('c1', { sinceSeq: 0 })).toHaveLength(3);
  expect(await store.read.metrics('c1')).toHaveLength(2);
  const places = await store.read.eachPlace('c1');
  expect(places.map(({ turnId, beatId, version, parentId }) => [turnId, beatId, version, parentId])).toEqual([
    ['t1', 't1', 1, null],
    ['t2', 't2', 1, 't1'],
    ['t3', 't3', 1, 't2'],
  ]);
});
