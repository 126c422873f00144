import { join } from 'node:path';
import Database from 'better-sqlite3';

const CHECKS: Readonly<Record<string, string>> = {
  'T3: a turn is left running': `select id from turn where state = 'running'`,
  'T1: a turn without exactly one done and one turn-sealed at its end': `
    select turn_id from (
      select turn_id,
        sum(body ->> '$.type' = 'done') as dones,
        sum(body ->> '$.type' = 'turn-sealed') as seals,
        max(case when body ->> '$.type' = 'turn-sealed' then n end) as sealed, max(n) as last
      from turn_event group by turn_id)
    where dones <> 1 or seals <> 1 or sealed <> last`,
  'R1: a gap in the events of a turn':
    'select turn_id from turn_event group by turn_id having min(n) <> 0 or max(n) + 1 <> count(*)',
  'Q1: a gap in the log of a conversation':
    'select conversation_id from chunk group by conversation_id having min(seq) <> 1 or max(seq) <> count(*)',
  'D1: a sealed turn without its message': `
    select turn.id from turn
      left join (select turn_id, count(*) as messages from chunk where role = 'user' group by turn_id) as said
        on said.turn_id = turn.id
    where turn.state = 'sealed' and said.messages is not 1`,
};

/** What is wrong with what is stored, while no turn runs. Reads all there is, whoever made it. */
export function storedFaults(dataDir: string): {
  readonly turns: number;
  readonly faults: readonly string[];
} {
  const database = new Database(join(dataDir, 'dispatch.db'), { readonly: true, fileMustExist: true });
  try {
    const integrity = database.pragma('integrity_check', { simple: true });
    const faults = integrity === 'ok' ? [] : [`D2: the database is damaged: ${String(integrity)}`];
    for (const [fault, sql] of Object.entries(CHECKS)) {
      const found = database.prepare(sql).pluck().all();
      if (found.length > 0) faults.push(`${fault}: ${found.slice(0, 3).join(', ')} (${found.length})`);
    }
    const turns = Number(database.prepare('select count(*) from turn').pluck().get());
    return { turns, faults };
  } finally {
    database.close();
  }
}
