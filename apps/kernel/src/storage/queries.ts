import { and, eq, lte, sql } from 'drizzle-orm';
import type { ConversationRow, Queries, Step, TurnRow, TurnSeal } from '../ports.ts';
import { advanceHead, turnStream } from './heads.ts';
import { fromConversationRow, fromTurnRow, sealColumns, toConversationRow, toTurnRow } from './rows.ts';
import { conversation, turn } from './schema.ts';
import { build, rowsOf, run } from './statements.ts';

/** Spelled out, not bound, so that any planner sees that the index of running turns answers it. */
export const isRunning = sql`${turn.state} = 'running'`;

/** What plans may ask and change. Reads outside a commit use the same steps. */
export const queries: Queries = {
  *conversation(id: string): Step<ConversationRow | undefined> {
    const [record] = yield* rowsOf(build.select().from(conversation).where(eq(conversation.id, id)));
    return record && toConversationRow(record);
  },

  *putConversation(row: ConversationRow): Step<void> {
    const record = fromConversationRow(row);
    const names = Object.keys(record).map((name) => sql.identifier(name));
    const values = Object.values(record).map((value) => sql`${value}`);
    const changes = names.map((name) => sql`${name} = excluded.${name}`);
    yield sql`insert into ${conversation} (${list(names)}) values (${list(values)}) on conflict (id) do update set ${list(changes)}`;
  },

  *turn(id: string): Step<TurnRow | undefined> {
    const [record] = yield* rowsOf(build.select().from(turn).where(eq(turn.id, id)));
    return record && toTurnRow(record);
  },

  *runningTurn(conversationId: string): Step<TurnRow | undefined> {
    const [record] = yield* rowsOf(
      build
        .select()
        .from(turn)
        .where(and(eq(turn.conversation_id, conversationId), isRunning)),
    );
    return record && toTurnRow(record);
  },

  *insertTurn(row: TurnRow): Step<void> {
    const ordinal = yield* advanceHead(turnStream(row.conversationId), 1);
    yield* run(build.insert(turn).values(fromTurnRow(row, ordinal)));
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

  *sealTurn(turnId: string, seal: TurnSeal): Step<boolean> {
    const asked = yield* queries.turn(turnId);
    if (asked?.state !== 'running') return false;
    yield* run(
      build
        .update(turn)
        .set({ state: 'sealed', ...sealColumns(seal, asked.model) })
        .where(and(eq(turn.id, turnId), isRunning)),
    );
    return true;
  },
};

function list(parts: Parameters<typeof sql.join>[0]) {
  return sql.join(parts, sql`, `);
}
