import { and, desc, eq, getTableColumns, lte, sql } from 'drizzle-orm';
import type { ConversationRow, Queries, Step, TurnRow, TurnSeal } from '../ports.ts';
import { firstVersion } from '../turn/line.ts';
import type { NewPlace } from '../turn/turn-place.ts';
import { approvalQueries } from './approvals.ts';
import { fromConversationRow, toConversationRow } from './conversation-rows.ts';
import { activityStream, advanceHead, headOf, turnStream } from './heads.ts';
import { peopleQueries } from './people.ts';
import { putStatusText, putToldOnline } from './presence-rows.ts';
import { queueQueries } from './queued-messages.ts';
import { DamagedRowError, fromTurnRow, sealColumns, toTurnRow } from './rows.ts';
import { conversation, turn } from './schema.ts';
import { build, changing, reading, rowsOf, slot, slots } from './statements.ts';
import type { OnDamagedRow } from './store-damage.ts';
import { placeQueries } from './turn-places.ts';

/** Spelled out, not bound, so that any planner sees that the index of running turns answers it. */
export const isRunning = sql`${turn.state} = 'running'`;

const conversationById = reading(
  build
    .select()
    .from(conversation)
    .where(eq(conversation.id, slot('id'))),
);
const turnById = reading(
  build
    .select()
    .from(turn)
    .where(eq(turn.id, slot('id'))),
);
const runningTurnOf = reading(
  build
    .select()
    .from(turn)
    .where(and(eq(turn.conversation_id, slot('conversation_id')), isRunning)),
);
const lastOrdinalOf = reading(
  build
    .select({ id: turn.id, ordinal: turn.ordinal })
    .from(turn)
    .where(eq(turn.conversation_id, slot('conversation_id')))
    .orderBy(desc(turn.ordinal))
    .limit(1),
);
const newTurn = changing(build.insert(turn).values(slots(getTableColumns(turn))));
const sealedTurn = changing(
  build
    .update(turn)
    .set({
      state: 'sealed',
      sealed_at: sql`${slot('sealed_at')}`,
      sealed_age: sql`${slot('sealed_age')}`,
      reason: sql`${slot('reason')}`,
      metrics: sql`${slot('metrics')}`,
      answered_model: sql`${slot('answered_model')}`,
      output_tokens: sql`${slot('output_tokens')}`,
      gen_ms: sql`${slot('gen_ms')}`,
      checksum: sql`${slot('checksum')}`,
    })
    .where(and(eq(turn.id, slot('id')), isRunning)),
);
const writtenConversation = changing(upsertOfConversation());

/** What plans may ask and change without regard to time. Reads outside a commit use the same steps. */
export const queries: Omit<Queries, 'sealTurn' | 'people' | 'queue' | 'approvals'> = {
  *conversation(id: string): Step<ConversationRow | undefined> {
    const [record] = yield* conversationById({ id });
    if (record !== undefined) return toConversationRow(record);
    // Without its row a conversation would read as empty, and whoever writes to it next would own what is left of it.
    if ((yield* headOf(turnStream(id))) !== undefined)
      throw new DamagedRowError(`conversation ${id} is missing`);
    return undefined;
  },

  *putConversation(row: ConversationRow): Step<void> {
    if (row.damaged) throw new DamagedRowError(`conversation ${row.id}`);
    yield* writtenConversation(fromConversationRow(row));
  },

  nextActivity: (ownerId: string) => advanceHead(activityStream(ownerId), 1),

  *turn(id: string): Step<TurnRow | undefined> {
    const [record] = yield* turnById({ id });
    return record && toTurnRow(record);
  },

  *runningTurn(conversationId: string): Step<TurnRow | undefined> {
    const [record] = yield* runningTurnOf({ conversation_id: conversationId });
    return record && toTurnRow(record);
  },

  *insertTurn(row: TurnRow, place?: NewPlace): Step<void> {
    const { ordinal, last } = yield* nextOrdinal(row.conversationId);
    yield* newTurn(fromTurnRow(row, ordinal, place ?? firstVersion(row.id, last ?? null)));
  },

  *insertCopy(row: TurnRow, place: NewPlace): Step<void> {
    const { ordinal } = yield* nextOrdinal(row.conversationId);
    const uncounted = { answered_model: null, output_tokens: null, gen_ms: null } as const;
    yield* newTurn({ ...fromTurnRow(row, ordinal, place), ...uncounted, events: 'trimmed' });
  },

  *adoptTurn(turnId: string, fence: number): Step<boolean> {
    const adopted = yield* rowsOf(
      build
        .update(turn)
        .set({ fence })
        .where(and(eq(turn.id, turnId), isRunning, lte(turn.fence, fence)))
        .returning({ id: turn.id }),
    );
    return adopted.length > 0;
  },

  places: placeQueries,
  putStatusText,
  putToldOnline,
};

/** What the plan of a commit may ask and change; `age` is the store's at the commit. */
export function queriesAt(age: number, onDamaged: OnDamagedRow): Queries {
  return {
    ...queries,
    people: peopleQueries(onDamaged),
    queue: queueQueries(onDamaged),
    approvals: approvalQueries(onDamaged),
    *sealTurn(turnId: string, seal: TurnSeal): Step<boolean> {
      const asked = yield* queries.turn(turnId);
      if (asked?.state !== 'running') return false;
      yield* sealedTurn({ ...sealColumns(asked, seal, age), id: turnId });
      return true;
    },
  };
}

/** The place of the next turn in its conversation, and the id of the turn before it. */
function* nextOrdinal(
  conversationId: string,
): Step<{ readonly ordinal: number; readonly last: string | undefined }> {
  const ordinal = yield* advanceHead(turnStream(conversationId), 1);
  const [last] = yield* lastOrdinalOf({ conversation_id: conversationId });
  // A turn behind a lost one, or one that repeats a number, would be out of order for ever.
  if ((last?.ordinal ?? 0) !== ordinal - 1) {
    throw new DamagedRowError(`the turns of conversation ${conversationId} end at ${last?.ordinal ?? 0}`);
  }
  return { ordinal, last: last?.id };
}

function upsertOfConversation() {
  const names = Object.keys(getTableColumns(conversation));
  const columns = names.map((name) => sql.identifier(name));
  const changes = columns.map((name) => sql`${name} = excluded.${name}`);
  const values = names.map((name) => sql`${slot(name)}`);
  return sql`insert into ${conversation} (${list(columns)}) values (${list(values)}) on conflict (id) do update set ${list(changes)}`;
}

function list(parts: Parameters<typeof sql.join>[0]) {
  return sql.join(parts, sql`, `);
}
