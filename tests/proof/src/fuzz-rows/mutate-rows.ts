import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Random } from '../random.ts';
import { rechain } from './rechain.ts';
import { type Stored, TextBytes, weirdValue } from './weird-values.ts';

/** What was done to a directory. */
export interface Mutated {
  readonly mutations: number;
  /** Conversations one of whose rows was hit, or was named by one that was. */
  readonly touched: ReadonlySet<string>;
}

export interface Mutating {
  /** Conversations that may be hit; the others must not notice. */
  readonly among: readonly string[];
  readonly count: number;
  /** Also values that the schema forbids: NULL in every column. */
  readonly withNulls: boolean;
  /** As if a version with other ideas had written the rows: hashes fit, checksums are absent. */
  readonly asWritten: boolean;
}

/** Where each table tells its conversation; null: it belongs to none. */
const owners: Readonly<Record<string, string>> = {
  conversation: 'id',
  turn: 'conversation_id',
  turn_event: '(select conversation_id from turn where turn.id = turn_event.turn_id)',
  chunk: 'conversation_id',
  head: "substr(stream, instr(stream, ':') + 1)",
  idempotency: 'null',
  extension_row: "case when key like 'conversation/%' then substr(key, 14) end",
  timer: "case when key like 'warm/%' then substr(key, 6) end",
  extension_cursor: 'null',
  event: 'null',
  user_event: 'null',
  user: 'null',
  workspace: 'null',
  workspace_member: 'null',
  presence: 'null',
  audit: 'null',
  domain_event: "case when json_valid(body) then body ->> '$.conversationId' end",
};

/** Puts weird values into random columns of random rows. */
export function mutateRows(directory: string, how: Mutating, random: Random): Mutated {
  const path = join(directory, 'dispatch.db');
  if (how.withNulls) rewriteSchema(path, (sql) => sql.replaceAll(/ NOT NULL/gi, '/*NN*/'));
  const database = new Database(path);
  database.pragma('foreign_keys = OFF');
  const touched = new Set<string>();
  let mutations = 0;
  try {
    for (let round = 0; round < how.count; round += 1) {
      const table = random.pick(Object.keys(owners));
      if (mutateOne(database, table, how, random, touched)) mutations += 1;
    }
    if (how.asWritten) for (const id of touched) rechain(database, id);
  } finally {
    database.close();
  }
  if (how.withNulls) rewriteSchema(path, (sql) => sql.replaceAll('/*NN*/', ' NOT NULL'));
  return { mutations, touched };
}

/** One value of one of the tables that tell what the database is. Gives its place, for the report. */
export function mutateMeta(directory: string, random: Random): string {
  const database = new Database(join(directory, 'dispatch.db'));
  try {
    const table = random.pick(['meta', '__drizzle_migrations']);
    const column = random.pick(table === 'meta' ? ['key', 'value'] : ['hash', 'created_at']);
    const row = random.pick(
      database.prepare(`select rowid as id, ${column} as value from ${table}`).all() as {
        id: number;
        value: unknown;
      }[],
    );
    write(database, table, column, row.id, weirdValue(row.value, random));
    return `${table}.${column} of row ${row.id}`;
  } finally {
    database.close();
  }
}

function mutateOne(
  database: Database.Database,
  table: string,
  { among, withNulls, asWritten }: Mutating,
  random: Random,
  touched: Set<string>,
): boolean {
  const owner = owners[table] ?? 'null';
  const rows = database
    .prepare(
      `select *, rowid as id_, ${owner} as owner_ from ${table} where owner_ is null or owner_ in (select value from json_each(?))`,
    )
    .all(JSON.stringify(among)) as Record<string, unknown>[];
  if (rows.length === 0) return false;
  const row = random.pick(rows);
  const column = random.pick(Object.keys(row).filter((name) => name !== 'id_' && name !== 'owner_'));
  const other = random.pick(rows)[column] as Stored;
  const isNull = withNulls && random.chance(0.4);
  const value = isNull ? null : random.chance(0.1) ? other : weirdValue(row[column], random);
  if (!write(database, table, column, Number(row['id_']), value)) return false;
  if (asWritten && (table === 'turn_event' || table === 'turn')) {
    database.prepare(`update ${table} set checksum = null where rowid = ?`).run(row['id_']);
  }
  if (typeof row['owner_'] === 'string') touched.add(row['owner_']);
  for (const id of among) if (String(value).includes(id)) touched.add(id);
  if (column === 'turn_id' && typeof value === 'string') {
    const owning = database.prepare('select conversation_id from turn where id = ?').pluck().get(value);
    if (typeof owning === 'string') touched.add(owning);
  }
  return true;
}

/** False: an index or a column refused it. */
function write(
  database: Database.Database,
  table: string,
  column: string,
  id: number,
  value: Stored,
): boolean {
  const place = value instanceof TextBytes ? 'cast(? as text)' : '?';
  const bound = value instanceof TextBytes ? value.bytes : value;
  try {
    return (
      database.prepare(`update ${table} set ${column} = ${place} where rowid = ?`).run(bound, id).changes > 0
    );
  } catch (error) {
    const isRefused =
      error instanceof Database.SqliteError && /^SQLITE_(CONSTRAINT|MISMATCH)/.test(error.code);
    if (isRefused) return false;
    throw error;
  }
}

/** The rules of the tables are text; without them any column takes NULL, as any damaged row may hold it. */
function rewriteSchema(path: string, change: (sql: string) => string): void {
  const database = new Database(path);
  database.unsafeMode(true);
  database.pragma('writable_schema = ON');
  const tables = database
    .prepare("select name, sql from sqlite_master where type = 'table' and sql is not null")
    .all();
  for (const { name, sql } of tables as { name: string; sql: string }[]) {
    database.prepare('update sqlite_master set sql = ? where name = ?').run(change(sql), name);
  }
  database.pragma('writable_schema = OFF');
  database.close();
}
