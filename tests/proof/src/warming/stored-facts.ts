import { join } from 'node:path';
import Database from 'better-sqlite3';

/** A conversation's row of cache warming, as far as it is looked at. */
interface StoredWarming {
  readonly model: string | null;
  readonly cwd: string | null;
  readonly intervalMs: number;
}

/** What of the store the harness looks at, while the kernel runs or behind its end. */
export interface StoredFacts {
  readonly faults: readonly string[];
  readonly sealedTurns: number;
  /** True: the neighbour has handled every event. */
  readonly isHandled: boolean;
  readonly warming: ReadonlyMap<string, StoredWarming>;
}

export function readStored(dataDir: string): StoredFacts {
  const database = new Database(join(dataDir, 'dispatch.db'), { readonly: true, fileMustExist: true });
  const column = (sql: string) => database.prepare(sql).pluck().all();
  try {
    database.exec('begin');
    const ids = column('select id from domain_event order by id') as number[];
    const gaps = ids.filter((id, index) => id !== index + 1);
    const uncounted = column(`
      select turn.id from turn
      left join domain_event on domain_event.name = 'turn.sealed' and domain_event.body ->> '$.turnId' = turn.id
      where turn.state = 'sealed' group by turn.id having count(domain_event.id) <> 1`);
    const miscounted = column(`
      select turn.conversation_id || ': ' || coalesce(max(extension_row.body), 'none') || ' of ' || count(*) from turn
      left join extension_row on extension_id = 'neighbour' and extension_row.key = 'sealed/' || conversation_id
      where turn.state = 'sealed' group by turn.conversation_id
      having coalesce(max(cast(extension_row.body as integer)), 0) <> count(*)`);
    const [head] = column(`select coalesce(max(id), 0) from domain_event`) as number[];
    const [cursor] = column(
      `select event_id from extension_cursor where extension_id = 'neighbour'`,
    ) as number[];
    const rows = database
      .prepare(`select substr(key, 14) as id, body from extension_row where extension_id = 'cache-warming'`)
      .all() as { readonly id: string; readonly body: string }[];
    return {
      isHandled: head === cursor,
      sealedTurns: Number(column(`select count(*) from turn where state = 'sealed'`)[0]),
      warming: new Map(rows.map(({ id, body }) => [id, JSON.parse(body) as StoredWarming])),
      faults: [
        ...(gaps.length > 0 ? [`D4: domain events have a gap at ${gaps[0]}`] : []),
        ...uncounted.map((id) => `D4: ${String(id)} has not exactly one turn.sealed`),
        ...miscounted.map((text) => `D4: an extension counted sealed turns wrongly: ${String(text)}`),
      ],
    };
  } finally {
    database.close();
  }
}
