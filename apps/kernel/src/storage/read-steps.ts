import { and, asc, desc, eq, gt, gte, lt, sql } from 'drizzle-orm';
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core';
import type { Step, ThroughputRow, TurnRow } from '../ports.ts';
import { headOf, turnStream } from './heads.ts';
import { isRunning, queries } from './queries.ts';

import { DamagedRowError, toTurnRow } from './rows.ts';
import { turn } from './schema.ts';
import { build, reading, rowsOf, slot } from './statements.ts';

const startedLast = reading(
  build
    .select()
    .from(turn)
    .where(eq(turn.conversation_id, slot('conversation_id')))
    .orderBy(desc(turn.ordinal))
    .limit(1),
);

export function* newestTurn(conversationId: string): Step<TurnRow | undefined> {
  const running = yield* queries.runningTurn(conversationId);
  if (running) return running;
  const [record] = yield* startedLast({ conversation_id: conversationId });
  return record && toTurnRow(record);
}

export function* turnsAfter(conversationId: string, turnId: string | null): Step<TurnRow[]> {
  const start = turnId === null ? 0 : yield* ordinalOf(conversationId, turnId);
  if (start === undefined) return [];
  const records = yield* rowsOf(
    build
      .select()
      .from(turn)
      .where(and(eq(turn.conversation_id, conversationId), gt(turn.ordinal, start)))
      .orderBy(asc(turn.ordinal)),
  );
  // A turn whose row is lost would be passed over, and nobody would know that it was there.
  const last = (yield* headOf(turnStream(conversationId))) ?? start + records.length;
  if (
    records.some(({ ordinal }, index) => ordinal !== start + 1 + index) ||
    last !== start + records.length
  ) {
    throw new DamagedRowError(`the turns of conversation ${conversationId} behind turn ${start}`);
  }
  return records.map(toTurnRow);
}

function* ordinalOf(conversationId: string, turnId: string): Step<number | undefined> {
  const [found] = yield* rowsOf(
    build
      .select({ conversation_id: turn.conversation_id, ordinal: turn.ordinal })
      .from(turn)
      .where(eq(turn.id, turnId)),
  );
  return found?.conversation_id === conversationId ? found.ordinal : undefined;
}

export function* runningTurns(): Step<TurnRow[]> {
  const found = yield* rowsOf(
    build
      .select({ id: turn.id, conversation_id: turn.conversation_id })
      .from(turn)
      .where(isRunning)
      .orderBy(asc(turn.conversation_id)),
  );
  const rows: TurnRow[] = [];
  for (const { id } of found) {
    // Asked for by its id, because the index that found it repeats the conversation, and one copy may be damaged.
    const row = yield* unlessDamaged(queries.turn(id));
    if (row !== undefined) rows.push(row);
  }
  return rows;
}

/** Nothing can be done for a turn whose row does not tell what it is; the others must not wait for it. */
function* unlessDamaged<T>(step: Step<T>): Step<T | undefined> {
  try {
    return yield* step;
  } catch (error) {
    if (error instanceof DamagedRowError) return undefined;
    throw error;
  }
}

/** More than any turn can have: beyond it, and below 0, a figure is damaged, and a sum over it would be too. */
const MOST_OF_A_TURN = 1_000_000_000;
const isFigure = (column: SQLiteColumn) =>
  sql`typeof(${column}) = 'integer' and ${column} between 0 and ${MOST_OF_A_TURN}`;
const isCounted = sql`typeof(${turn.answered_model}) = 'text' and ${isFigure(turn.output_tokens)} and ${isFigure(turn.gen_ms)}`;

export function* throughput(from: number, to: number): Step<ThroughputRow[]> {
  const rows = yield* rowsOf(
    build
      .select({
        answered_model: turn.answered_model,
        output_tokens: sql<number>`sum(${turn.output_tokens})`.as('output_tokens'),
        gen_ms: sql<number>`sum(${turn.gen_ms})`.as('gen_ms'),
        turns: sql<number>`count(*)`.as('turns'),
      })
      .from(turn)
      .where(and(gte(turn.sealed_at, from), lt(turn.sealed_at, to), isCounted))
      .groupBy(turn.answered_model)
      .orderBy(asc(turn.answered_model)),
  );
  return rows.map((row) => ({
    model: row.answered_model ?? '',
    totalOutputTokens: row.output_tokens,
    totalGenMs: row.gen_ms,
    turns: row.turns,
  }));
}
