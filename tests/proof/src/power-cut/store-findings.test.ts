import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chainHash } from './chain.ts';
import { Promised, type Told } from './promises.ts';
import { storeFindings } from './store-findings.ts';

const migrations = new URL('../../../../apps/kernel/drizzle/', import.meta.url);
let directory: string;

const bodies = ['user-message', 'turn-start', 'done', 'turn-sealed'].map((type) =>
  JSON.stringify({ type, text: 'hi' }),
);
const ids = { conversationId: 'c', turnId: 't1' };
const told: readonly Told[] = [
  { at: 0, kind: 'acknowledged', ...ids },
  { at: 1, kind: 'event', ...ids, n: 2, body: bodies[2] ?? '' },
];
const promised = (text = 'hi') => {
  const all = new Promised(told, new Map([['t1', text]]));
  all.advance(2);
  return all;
};

/** A conversation with a sealed turn and one that runs; then what `damage` says. */
function makeStore(damage = ''): void {
  const database = new Database(join(directory, 'dispatch.db'));
  database.pragma('journal_mode = WAL');
  for (const name of readdirSync(migrations)
    .filter((name) => name.endsWith('.sql'))
    .sort())
    database.exec(readFileSync(new URL(name, migrations), 'utf8'));
  const chunk = (seq: number) => ({
    conversation_id: 'c',
    seq,
    turn_id: 't1',
    message_id: 'm',
    step_id: null,
    role: 'user',
    body: '{"type":"text","text":"é"}',
    created_at: 5,
  });
  const first = chainHash('', chunk(1));
  const insertChunk = database.prepare(
    'insert into chunk (conversation_id, seq, turn_id, message_id, step_id, role, body, created_at, hash) values (@conversation_id, @seq, @turn_id, @message_id, @step_id, @role, @body, @created_at, @hash)',
  );
  const event = database.prepare('insert into turn_event (turn_id, n, body) values (?, ?, ?)');
  database.exec(
    `insert into conversation (id, owner_id, fallback_models, status, closes, created_at, last_activity_at)
       values ('c', 'u', '[]', 'active', 0, 1, 1);
     insert into turn (id, conversation_id, ordinal, state, fence, started_by, model, started_at, events, beat_id)
       values ('t1', 'c', 1, 'sealed', 1, 'u', 'm', 1, 'kept', 't1'), ('t2', 'c', 2, 'running', 1, 'u', 'm', 1, 'kept', 't2');
     insert into head values ('turn:c', 2), ('chunk:c', 2), ('domain-event', 1);
     insert into domain_event values (1, 'turn.sealed', '{"turnId":"t1"}', 5, 5, 5);
     insert into meta values ('epoch', 'e'), ('boot-counter', '1');
     insert into idempotency values ('u', 'k', 'o', 'b', '{"kind":"started","turnId":"t1"}', 9);`,
  );
  insertChunk.run({ ...chunk(1), hash: first });
  insertChunk.run({ ...chunk(2), hash: chainHash(first, chunk(2)) });
  for (const [n, body] of bodies.entries()) event.run('t1', n, body);
  for (const [n, body] of bodies.slice(0, 2).entries()) event.run('t2', n, body);
  database.pragma('foreign_keys = OFF');
  database.exec(damage);
  database.close();
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'dispatch-findings-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('what is found in a store', () => {
  it('is nothing when all promises hold', () => {
    makeStore();
    expect(storeFindings(directory, promised())).toEqual({ broken: [], running: ['t2'] });
  });

  it.each<[string, string]>([
    ['D2', "update turn_event set body = '{}' where turn_id = 't1' and n = 0"],
    ['D3', "update turn_event set body = '{}' where turn_id = 't1' and n = 2"],
    ['D3', "delete from turn_event where turn_id = 't1' and n > 1"],
    ['D4', "delete from turn_event where turn_id = 't2'"],
    ['D4', "update chunk set turn_id = 't2'"],
    ['D4', 'delete from conversation'],
    ['D4', "update domain_event set name = 'turn.failed'"],
    ['D4', `update domain_event set body = '{"turnId":"t2"}'`],
    ['D5', 'delete from idempotency'],
    ['D10', 'pragma journal_mode = delete'],
    ['D13', "delete from meta where key = 'epoch'"],
    ['Q1', 'delete from chunk where seq = 2'],
    ['Q1', "update head set seq = 3 where stream = 'turn:c'"],
    ['Q1', 'update domain_event set id = 2'],
    ['Q1', "update head set seq = 2 where stream = 'domain-event'"],
    ['Q1', "update turn_event set n = n + 1 where turn_id = 't2' and n = 1"],
    ['Q3', "update chunk set body = 'x' where seq = 1"],
    ['Q3', 'update chunk set created_at = 6 where seq = 2'],
    ['T1', "update turn_event set body = '{}' where turn_id = 't1' and n = 3"],
    ['T4', "drop index turn_running; update turn set state = 'running'"],
  ])('says %s after: %s', (id, damage) => {
    makeStore(damage);
    const { broken } = storeFindings(directory, promised());
    expect(broken.map((line) => line.split(':')[0])).toContain(id);
  });

  it('says what is wrong with the files themselves', () => {
    const none = new Promised([], new Map());
    const ids = (of: Promised) => storeFindings(directory, of).broken.map((line) => line.split(':')[0]);
    expect(ids(none)).toEqual([]);
    expect(ids(promised())).toEqual(['D2']);
    writeFileSync(join(directory, 'dispatch.db-wal'), '');
    expect(ids(none)).toEqual(['D13']);
    writeFileSync(join(directory, 'dispatch.db'), '');
    expect(ids(none)).toEqual(['D13']);
    writeFileSync(join(directory, 'dispatch.db'), Buffer.alloc(4096, 'x'));
    expect(ids(none)).toEqual(['D2']);
  });

  it('is another message than the one that was acknowledged', () => {
    makeStore();
    expect(storeFindings(directory, promised('ho')).broken).toEqual([
      'D2: the acknowledged message of t1 is lost',
    ]);
  });
});
