import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { storedFaults } from './stored-turns.ts';

/** The columns the checks look at, with one good turn and what a test adds. */
function stored(sql: string): string {
  const dataDir = mkdtempSync(join(tmpdir(), 'dispatch-stored-'));
  const database = new Database(join(dataDir, 'dispatch.db'));
  database.exec(
    `create table turn (id text, state text);
     create table turn_event (turn_id text, n integer, body text);
     create table chunk (conversation_id text, seq integer, turn_id text, role text);
     insert into turn values ('t', 'sealed');
     insert into turn_event values
       ('t', 0, '{"type":"user-message"}'), ('t', 1, '{"type":"done"}'), ('t', 2, '{"type":"turn-sealed"}');
     insert into chunk values ('c', 1, 't', 'user'), ('c', 2, 't', 'assistant');
     ${sql}`,
  );
  database.close();
  return dataDir;
}

describe('what is stored', () => {
  it('is found whole when it is', () => {
    expect(storedFaults(stored(''))).toEqual({ turns: 1, faults: [] });
  });

  it.each([
    ['T3', `update turn set state = 'running'`],
    ['T1', `insert into turn_event values ('t', 3, '{"type":"text-delta"}')`],
    ['T1', `delete from turn_event where n = 2`],
    ['T1', `insert into turn_event values ('t', 3, '{"type":"turn-sealed"}')`],
    ['R1', `insert into turn_event values ('u', 1, '{}')`],
    ['Q1', `insert into chunk values ('c', 4, 't', 'assistant')`],
    ['D1', `insert into turn values ('empty', 'sealed')`],
  ])('is found to break %s', (id, sql) => {
    expect(storedFaults(stored(sql)).faults.some((fault) => fault.startsWith(id))).toBe(true);
  });
});
