import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { type ChunkRow, chainHash } from './chain.ts';
import { domainEventFindings } from './domain-event-findings.ts';
import type { Promised } from './promises.ts';

interface TurnRow {
  readonly id: string;
  readonly conversation_id: string;
  readonly ordinal: number;
  readonly state: string;
}

interface EventRow {
  readonly n: number;
  readonly body: string;
}

/** What a power cut left. */
export interface Findings {
  /** Broken promises, each beginning with its id; empty when all hold. */
  readonly broken: readonly string[];
  /** Turns that the next start has to seal. */
  readonly running: readonly string[];
}

/** Opens the store of this directory as SQLite would after a power cut and holds it against what was promised. Flushes nothing: the directory is to be thrown away. */
export function storeFindings(directory: string, promised: Promised): Findings {
  const path = join(directory, 'dispatch.db');
  const nothing = promised.acknowledged.size + promised.events.size === 0;
  if (!existsSync(path)) {
    const orphans = ['-wal', '-journal'].filter((suffix) => existsSync(path + suffix));
    const broken = orphans.map(
      (suffix) => `D13: there is no database, but its ${suffix}: no kernel starts here`,
    );
    return { broken: nothing ? broken : [...broken, 'D2: the whole database is gone'], running: [] };
  }
  if (statSync(path).size === 0) return { broken: ['D13: the database is empty'], running: [] };
  const database = new Database(path, { fileMustExist: true, timeout: 0 });
  try {
    database.pragma('synchronous = OFF');
    return inspect(database, promised);
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
    return { broken: [`D2: the database cannot be read: ${error.code}: ${error.message}`], running: [] };
  } finally {
    database.close();
  }
}

function inspect(database: Database.Database, promised: Promised): Findings {
  const broken: string[] = [];
  const integrity = database.pragma('integrity_check', { simple: true });
  if (integrity !== 'ok') broken.push(`D2: integrity_check says ${String(integrity)}`);
  if (database.pragma('journal_mode', { simple: true }) !== 'wal')
    broken.push('D10: the journal mode is not WAL');
  if ((database.pragma('foreign_key_check') as unknown[]).length > 0)
    broken.push('D4: rows without their parents');
  const facts = database.prepare("select key from meta where key in ('epoch', 'boot-counter')").all();
  if (facts.length !== 2) broken.push('D13: the database has no epoch or no boot counter');

  const turns = all<TurnRow>(
    database,
    'select id, conversation_id, ordinal, state from turn order by conversation_id, ordinal',
  );
  const events = eventsOf(database);
  const chunks = all<ChunkRow>(database, 'select * from chunk order by conversation_id, seq');
  const heads = new Map(
    all<{ stream: string; seq: number }>(database, 'select stream, seq from head').map(({ stream, seq }) => [
      stream,
      seq,
    ]),
  );
  const keys = new Set(database.prepare("select result ->> '$.turnId' from idempotency").pluck().all());
  broken.push(
    ...turnFindings(turns, events, groups(chunks, 'turn_id')),
    ...numberFindings('turn', groups(turns, 'conversation_id'), ({ ordinal }) => ordinal, heads),
    ...numberFindings('chunk', groups(chunks, 'conversation_id'), ({ seq }) => seq, heads),
    ...chainFindings(chunks),
    ...domainEventFindings(database, turns, heads.get('domain-event') ?? 0),
    ...promiseFindings(promised, events, keys),
  );
  return { broken, running: turns.filter(({ state }) => state === 'running').map(({ id }) => id) };
}

function turnFindings(
  turns: readonly TurnRow[],
  events: ReadonlyMap<string, readonly EventRow[]>,
  chunks: ReadonlyMap<string, readonly ChunkRow[]>,
): string[] {
  const broken: string[] = [];
  const running = new Set<string>();
  for (const { id, conversation_id, state } of turns) {
    const types = (events.get(id) ?? []).map(({ body }) => (JSON.parse(body) as { type: string }).type);
    const parts = chunks.get(id)?.length ?? 0;
    if (types[0] !== 'user-message' || types[1] !== 'turn-start') broken.push(`D4: ${id} has no beginning`);
    const ends = types.filter((type) => type === 'done' || type === 'turn-sealed').join(' ');
    if (state === 'sealed') {
      if (ends !== 'done turn-sealed' || types.at(-1) !== 'turn-sealed')
        broken.push(`T1: the sealed ${id} ends with ${ends}`);
      if (parts === 0) broken.push(`D4: ${id} is sealed, and the log has nothing of it`);
      continue;
    }
    if (ends !== '' || parts > 0)
      broken.push(`D4: ${id} runs, and has ${parts} chunks and ${ends || 'no end'}`);
    if (running.has(conversation_id)) broken.push(`T4: two turns of ${conversation_id} run`);
    running.add(conversation_id);
  }
  for (const [id, rows] of events) {
    const gap = rows.findIndex(({ n }, index) => n !== index);
    if (gap >= 0) broken.push(`Q1: event ${gap} of ${id} is missing`);
  }
  return broken;
}

/** Numbers of a stream begin with 1, have no gap and end with the head. */
function numberFindings<T>(
  stream: string,
  rows: ReadonlyMap<string, readonly T[]>,
  numberOf: (row: T) => number,
  heads: ReadonlyMap<string, number>,
): string[] {
  const broken: string[] = [];
  for (const [id, of] of rows) {
    if (of.some((row, index) => numberOf(row) !== index + 1)) broken.push(`Q1: ${stream} ${id} has a gap`);
  }
  for (const [name, head] of heads) {
    if (!name.startsWith(`${stream}:`)) continue;
    const count = rows.get(name.slice(stream.length + 1))?.length ?? 0;
    if (count !== head) broken.push(`Q1: ${name} has ${count} rows and its head says ${head}`);
  }
  return broken;
}

function chainFindings(chunks: readonly ChunkRow[]): string[] {
  const broken: string[] = [];
  let previous = '';
  for (const row of chunks) {
    const { hash } = row;
    if (chainHash(row.seq === 1 ? '' : previous, row) !== hash)
      broken.push(`Q3: chunk ${row.seq} of ${row.conversation_id} is not what was written`);
    previous = hash;
  }
  return broken;
}

function promiseFindings(
  promised: Promised,
  events: ReadonlyMap<string, readonly EventRow[]>,
  keys: ReadonlySet<unknown>,
): string[] {
  const broken: string[] = [];
  for (const [turnId, { text }] of promised.acknowledged) {
    const first = events.get(turnId)?.[0]?.body;
    const stored = first === undefined ? undefined : (JSON.parse(first) as { text: string }).text;
    if (stored === undefined || (text !== undefined && stored !== text))
      broken.push(`D2: the acknowledged message of ${turnId} is lost`);
    if (!keys.has(turnId)) broken.push(`D5: the idempotency key of ${turnId} is lost`);
  }
  for (const [turnId, told] of promised.events) {
    const rows = events.get(turnId) ?? [];
    for (const [n, body] of told)
      if (rows[n]?.body !== body) broken.push(`D3: event ${n} of ${turnId} was shown and is lost`);
  }
  return broken;
}

/** By turn. Most of a store is events, so they are read in the fastest way there is. */
function eventsOf(database: Database.Database): Map<string, EventRow[]> {
  const rows = database.prepare('select turn_id, n, body from turn_event order by turn_id, n').raw();
  const events = new Map<string, EventRow[]>();
  for (const [turnId, n, body] of rows.all() as [string, number, string][]) {
    const of = events.get(turnId);
    if (of === undefined) events.set(turnId, [{ n, body }]);
    else of.push({ n, body });
  }
  return events;
}

const all = <T>(database: Database.Database, sql: string) => database.prepare<[], T>(sql).all();

function groups<T, K extends keyof T>(rows: readonly T[], by: K): Map<T[K], T[]> {
  const groups = new Map<T[K], T[]>();
  for (const row of rows) {
    const group = groups.get(row[by]);
    if (group === undefined) groups.set(row[by], [row]);
    else group.push(row);
  }
  return groups;
}
