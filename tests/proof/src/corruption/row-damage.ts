import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Random } from '../random.ts';

/** Columns a reader is given something from, by table. */
const texts: readonly (readonly [table: string, column: string])[] = [
  ['chunk', 'body'],
  ['chunk', 'body'],
  ['chunk', 'message_id'],
  ['chunk', 'hash'],
  ['turn_event', 'body'],
  ['turn_event', 'body'],
  ['turn', 'metrics'],
  ['turn', 'model'],
  ['conversation', 'title'],
  ['conversation', 'fallback_models'],
];
const numbers: readonly (readonly [table: string, column: string])[] = [
  ['chunk', 'seq'],
  ['chunk', 'created_at'],
  ['turn_event', 'n'],
  ['turn', 'started_at'],
  ['turn', 'ordinal'],
  ['head', 'seq'],
  ['conversation', 'last_activity_at'],
];
const tables = ['chunk', 'turn_event', 'turn', 'conversation', 'head'];

/** The last event of a turn that still runs leaves no trace when it goes: nothing counts it. */
const NOT_THE_LAST_OF_A_RUNNING_TURN =
  "not (turn_id in (select id from turn where state = 'running') and n = (select max(n) from turn_event e where e.turn_id = turn_event.turn_id))";

/** Changes one letter, digit or number of one row, so that it still is JSON and still is of its type. */
export function changeRow(directory: string, random: Random): string {
  return opened(directory, (database) => {
    const isText = random.chance(0.65);
    const [table, column] = random.pick(isText ? texts : numbers);
    const place = table === 'turn_event' && column === 'n' ? `where ${NOT_THE_LAST_OF_A_RUNNING_TURN}` : '';
    const rows = database
      .prepare(`select rowid as id, ${column} as value from ${table} ${place} order by rowid`)
      .all() as { id: number; value: unknown }[];
    const candidates = rows.filter(({ value }) => (isText ? changeable(value) : typeof value === 'number'));
    if (candidates.length === 0) return 'nothing to change';
    const { id, value } = random.pick(candidates);
    const changed = isText ? changeText(String(value), random) : changeNumber(Number(value), random);
    database.prepare(`update or ignore ${table} set ${column} = ? where rowid = ?`).run(changed, id);
    return `${column} of row ${id} of ${table}`;
  });
}

export function deleteRow(directory: string, random: Random): string {
  return opened(directory, (database) => {
    const table = random.pick(tables);
    const place = table === 'turn_event' ? `where ${NOT_THE_LAST_OF_A_RUNNING_TURN}` : '';
    const rows = database.prepare(`select rowid as id from ${table} ${place} order by rowid`).pluck().all();
    const id = random.pick(rows);
    database.prepare(`delete from ${table} where rowid = ?`).run(id);
    return `row ${String(id)} of ${table}`;
  });
}

/** The page where a table or an index begins. */
export function rootPageOf(directory: string, name: string): number {
  const database = new Database(join(directory, 'dispatch.db'), { readonly: true });
  try {
    return Number(database.prepare('select rootpage from sqlite_master where name = ?').pluck().get(name));
  } finally {
    database.close();
  }
}

function opened(directory: string, work: (database: Database.Database) => string): string {
  const database = new Database(join(directory, 'dispatch.db'));
  try {
    database.pragma('foreign_keys = OFF');
    return work(database);
  } finally {
    database.close();
  }
}

/** Letters inside of quotes, and digits that stand apart, can be others without breaking anything. */
const changeable = (value: unknown): boolean => typeof value === 'string' && /[a-z0-9]/.test(value);

function changeText(text: string, random: Random): string {
  const places = [...text.matchAll(/[a-z0-9]/g)].map(({ index }) => index);
  const at = random.pick(places);
  const was = text[at] ?? '';
  const others = /\d/.test(was) ? '123456789' : 'abcdefghijklmnopqrstuvwxyz';
  const now = random.pick([...others].filter((letter) => letter !== was));
  return text.slice(0, at) + now + text.slice(at + 1);
}

function changeNumber(number: number, random: Random): number {
  return number + random.pick([1, 2, -1, 64, 1_024, 1_048_576]);
}
