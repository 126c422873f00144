import type { AgentEvent, TurnMetrics } from '@dispatch/wire';
import { and, asc, desc, eq, gt, gte, isNotNull, lt, sql } from 'drizzle-orm';
import type { Step, ThroughputRow, TurnEventDraft, TurnRow } from '../ports.ts';
import { isRunning, queries } from './queries.ts';
import { DamagedEventsError, DamagedRowError, parseStored, toTurnRow } from './rows.ts';
import { turn, turn_event } from './schema.ts';
import { build, reading, rowsOf, slot } from './statements.ts';

const startedLast = reading(
  build
    .select()
    .from(turn)
    .where(eq(turn.conversation_id, slot('conversation_id')))
    .orderBy(desc(turn.ordinal))
    .limit(1),
);
const whetherKept = reading(
  build
    .select({ events: turn.events })
    .from(turn)
    .where(eq(turn.id, slot('id'))),
);
const eventsAfter = reading(
  build
    .select({ n: turn_event.n, body: turn_event.body })
    .from(turn_event)
    .where(and(eq(turn_event.turn_id, slot('turn_id')), gt(turn_event.n, slot('after'))))
    .orderBy(asc(turn_event.n))
    .limit(slot('limit')),
);
/** SQLite and Postgres both take any number of rows for this; there are no more. */
const ALL_ROWS = Number.MAX_SAFE_INTEGER;

export function* metricsOf(conversationId: string): Step<TurnMetrics[]> {
  const rows = yield* rowsOf(
    build
      .select({ id: turn.id, metrics: turn.metrics })
      .from(turn)
      .where(and(eq(turn.conversation_id, conversationId), isNotNull(turn.metrics)))
      .orderBy(asc(turn.ordinal)),
  );
  return rows.map((row) => parseStored(row.metrics ?? '', `metrics of turn ${row.id}`));
}

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

export function* turnEvents(turnId: string, after: number, limit?: number): Step<TurnEventDraft[]> {
  const [owner] = yield* whetherKept({ id: turnId });
  // Half a turn's events are worse than none: the reader could not tell that some are gone.
  if (owner?.events !== 'kept') return [];
  const rows = yield* eventsAfter({ turn_id: turnId, after, limit: limit ?? ALL_ROWS });
  const readable: TurnEventDraft[] = [];
  let damage: unknown;
  for (const { n, body } of rows) {
    try {
      readable.push({ turnId, n, event: parseEvent(body, `event ${n} of turn ${turnId}`) });
    } catch (error) {
      damage ??= error;
    }
  }
  const last = rows.at(-1);
  if (damage !== undefined && last !== undefined) {
    throw new DamagedEventsError(turnId, readable, last.n, damage);
  }
  return readable;
}

function parseEvent(body: string, row: string): AgentEvent {
  const event = parseStored<Partial<AgentEvent> | null>(body, row);
  if (typeof event?.type === 'string') return event as AgentEvent;
  throw new DamagedRowError(row, new Error('it is JSON, but no event'));
}

export function* runningTurns(): Step<TurnRow[]> {
  const records = yield* rowsOf(
    build.select().from(turn).where(isRunning).orderBy(asc(turn.conversation_id)),
  );
  return records.map(toTurnRow);
}

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
      .where(and(gte(turn.sealed_at, from), lt(turn.sealed_at, to)))
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
