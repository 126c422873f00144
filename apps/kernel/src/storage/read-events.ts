import type { AgentEvent } from '@dispatch/wire';
import { agentEventSchema } from '@dispatch/wire/schema';
import { and, asc, desc, eq, gt } from 'drizzle-orm';
import type { Step, TurnEventDraft } from '../ports.ts';
import { checksumOf } from './checksum.ts';
import { DamagedEventsError, DamagedRowError, isWhole } from './rows.ts';
import { turn, turn_event } from './schema.ts';
import { build, reading, rowsOf, slot } from './statements.ts';

const ownerOf = reading(
  build
    .select({ events: turn.events, state: turn.state })
    .from(turn)
    .where(eq(turn.id, slot('id'))),
);
const eventsAfter = reading(
  build
    .select({ n: turn_event.n, body: turn_event.body, checksum: turn_event.checksum })
    .from(turn_event)
    .where(and(eq(turn_event.turn_id, slot('turn_id')), gt(turn_event.n, slot('after'))))
    .orderBy(asc(turn_event.n))
    .limit(slot('limit')),
);
/** SQLite and Postgres both take any number of rows for this; there are no more. */
const ALL_ROWS = Number.MAX_SAFE_INTEGER;

type EventRecord = Pick<typeof turn_event.$inferSelect, 'n' | 'body' | 'checksum'>;

/** Proves an event's row: it belongs to this turn, stands at this place and has this body. */
export function checksumOfEvent(turnId: string, n: number, body: string): number {
  return checksumOf(turnId, n, body);
}

/**
 * Events above `after`, each proved by its checksum, all of them by their numbers, and the end of a sealed turn by its `turn-sealed`.
 * The last events of a turn that still runs can be lost without a trace: nothing else counts them.
 */
export function* turnEvents(turnId: string, after: number, limit?: number): Step<TurnEventDraft[]> {
  const [owner] = yield* ownerOf({ id: turnId });
  // Half a turn's events are worse than none: the reader could not tell that some are gone.
  if (owner?.events !== 'kept') return [];
  const rows = yield* eventsAfter({ turn_id: turnId, after, limit: limit ?? ALL_ROWS });
  const readable = rows.flatMap((row) => readEvent(turnId, row) ?? []);
  const isToEnd = owner.state === 'sealed' && (limit === undefined || rows.length < limit);
  const isEnded = !isToEnd || (yield* endsSealed(turnId, rows.length === 0 ? undefined : readable.at(-1)));
  if (isEnded && readable.every(({ n }, index) => n === after + 1 + index) && readable.length === rows.length)
    return readable;
  const lastN = rows.reduce((last, { n }) => (isWhole(n) && n > last ? n : last), after);
  throw new DamagedEventsError(turnId, readable, lastN, new DamagedRowError(`events of turn ${turnId}`));
}

/** Undefined: the row is not what was written. Without a checksum it must at least be an event of a known type, and of this turn. */
function readEvent(turnId: string, { n, body, checksum }: EventRecord): TurnEventDraft | undefined {
  if (!isWhole(n) || typeof body !== 'string') return undefined;
  if (checksum !== null && checksum !== checksumOfEvent(turnId, n, body)) return undefined;
  try {
    const event = JSON.parse(body) as AgentEvent;
    // Versions that wrote no checksum knew no types but these.
    if (checksum === null && !isEventOf(turnId, event)) return undefined;
    return { turnId, n, event };
  } catch {
    return undefined;
  }
}

function isEventOf(turnId: string, event: AgentEvent): boolean {
  return agentEventSchema.safeParse(event).success && (!('turnId' in event) || event.turnId === turnId);
}

/** Whether the events of a sealed turn go to their end. `last` is the last of a selection; without one, the stored last is looked at. */
function* endsSealed(turnId: string, last: TurnEventDraft | undefined): Step<boolean> {
  if (last !== undefined) return last.event.type === 'turn-sealed';
  const [row] = yield* rowsOf(
    build
      .select({ n: turn_event.n, body: turn_event.body, checksum: turn_event.checksum })
      .from(turn_event)
      .where(eq(turn_event.turn_id, turnId))
      .orderBy(desc(turn_event.n))
      .limit(1),
  );
  // Without any event the turn reads as too old, which is told too.
  return row === undefined || readEvent(turnId, row)?.event.type === 'turn-sealed';
}
