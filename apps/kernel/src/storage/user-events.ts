import type { UserEvent } from '@dispatch/collab-contract';
import { and, asc, desc, eq, getTableColumns, gt, lt, sql } from 'drizzle-orm';
import type { Step, UserEventDraft, UserEventSlice, WrittenUserEvent } from '../ports.ts';
import { checksumOf } from './checksum.ts';
import { headOf, trimmedUserStream, USER_EVENT_STREAM, userStream } from './heads.ts';
import { DamagedRowError, isWhole } from './rows.ts';
import { event, head, user_event } from './schema.ts';
import { build, changing, FilledStatement, reading, slot, slots } from './statements.ts';
import type { OnDamagedRow } from './store-damage.ts';
import { readJson } from './stored-json.ts';

/** Numbers of one user that are kept, however young what stands before them is. */
export const KEPT_PER_USER = 10_000;

/** No number was ever given out above this: whatever says otherwise is damaged, and must not end the giving out. */
const HIGHEST = 2 ** 52;

const newEvent = changing(build.insert(event).values(slots(getTableColumns(event))));
const newUserEvent = sql`insert into ${user_event} (user_id, seq, event_id, checksum) values (${slot('user_id')}, ${slot('seq')}, ${slot('event_id')}, ${slot('checksum')}) on conflict do nothing returning seq`;
/** One behind the last number given out or stored, so that a head row which is lost or stands too low is found again. */
const nextEventId = behindLast(
  sql`select id from ${event} where id > 0 and id < ${HIGHEST} order by id desc limit 1`,
);
const nextUserSeq = behindLast(
  sql`select seq from ${user_event} where user_id = ${slot('user_id')} and seq < ${HIGHEST} order by seq desc limit 1`,
);
const newestOf = reading(
  build
    .select({ seq: user_event.seq })
    .from(user_event)
    .where(and(eq(user_event.user_id, slot('user_id')), lt(user_event.seq, HIGHEST)))
    .orderBy(desc(user_event.seq))
    .limit(1),
);
const eventsAfter = reading(
  build
    .select({
      seq: user_event.seq,
      event_id: user_event.event_id,
      place: sql`${user_event.checksum}`.as('place'),
      body: event.body,
      at: event.at,
      checksum: event.checksum,
    })
    .from(user_event)
    .leftJoin(event, eq(event.id, user_event.event_id))
    .where(and(eq(user_event.user_id, slot('user_id')), gt(user_event.seq, slot('after'))))
    .orderBy(asc(user_event.seq))
    .limit(slot('limit')),
);

function behindLast(last: ReturnType<typeof sql>) {
  return sql`insert into ${head} (stream, seq) values (${slot('stream')}, coalesce((${last}), 0) + 1) on conflict (stream) do update set seq = case when ${head.seq} between excluded.seq and ${HIGHEST} then ${head.seq} + 1 else excluded.seq end returning seq`;
}

function* numbered(shape: ReturnType<typeof sql>, values: { readonly stream: string }): Step<number> {
  const [row] = (yield new FilledStatement(shape, values)) as readonly { seq: unknown }[];
  if (!isWhole(row?.seq) || row.seq === 0) throw new DamagedRowError(`the head of ${values.stream}`);
  return row.seq;
}

/** Writes each event once, and for each of its audience a number of their own, in the order of the list. */
export function* appendUserEvents(
  drafts: readonly UserEventDraft[],
  at: number,
  age: number,
): Step<readonly WrittenUserEvent[]> {
  const written: WrittenUserEvent[] = [];
  for (const draft of drafts) {
    const audience = new Set(draft.audience);
    if (audience.size === 0) continue;
    const id = yield* numbered(nextEventId, { stream: USER_EVENT_STREAM });
    const body = JSON.stringify(draft.event);
    yield* newEvent({ id, body, at, age, checksum: checksumOf(id, body, at) });
    const to: [string, number][] = [];
    for (const userId of audience) {
      const named = { stream: userStream(userId), user_id: userId };
      const seq = yield* numbered(nextUserSeq, named);
      const row = { user_id: userId, seq, event_id: id, checksum: checksumOf(userId, seq, id) };
      const stored = yield new FilledStatement(newUserEvent, row);
      if (stored.length === 0) throw new DamagedRowError(`event ${seq} of user ${userId}`);
      to.push([userId, seq]);
    }
    written.push({ to, event: draft.event });
  }
  return written;
}

/** Newest number of a user's stream; 0 before the first. */
export function* lastUserEvent(userId: string): Step<number> {
  const told = yield* headOf(userStream(userId));
  const given = told !== undefined && told <= HIGHEST ? told : 0;
  const [stored] = yield* newestOf({ user_id: userId });
  return Math.max(given, isWhole(stored?.seq) ? stored.seq : 0);
}

/** The numbers above `after`, the first `limit` of them; those that were lost or damaged without their event, and told. */
export function* userEventsAfter(
  userId: string,
  after: number,
  limit: number,
  onDamaged: OnDamagedRow,
): Step<UserEventSlice> {
  const last = yield* lastUserEvent(userId);
  const trimmed = (yield* headOf(trimmedUserStream(userId))) ?? 0;
  const floor = Math.max(0, Math.min(last, Math.max(trimmed, last - KEPT_PER_USER)));
  if (after < floor || after >= last) return { head: last, floor, events: [] };
  const end = Math.min(last, after + limit);
  const rows = yield* eventsAfter({ user_id: userId, after, limit });
  const readable = new Map<number, UserEvent>();
  for (const row of rows) {
    const found = row.place === checksumOf(userId, row.seq, row.event_id) ? toEvent(row) : undefined;
    if (found !== undefined) readable.set(row.seq, found);
  }
  const events: { seq: number; event: UserEvent | null }[] = [];
  for (let seq = after + 1; seq <= end; seq += 1) {
    const found = readable.get(seq);
    if (found === undefined) onDamaged(`event ${seq} of user ${userId}`);
    events.push({ seq, event: found ?? null });
  }
  return { head: last, floor, events };
}

interface StoredEvent {
  readonly event_id: number;
  readonly body: string | null;
  readonly at: number | null;
  readonly checksum: number | null;
}

/** Undefined: the row is not what was written, or is gone. */
function toEvent({ event_id, body, at, checksum }: StoredEvent): UserEvent | undefined {
  if (typeof body !== 'string' || checksum !== checksumOf(event_id, body, at)) return undefined;
  return readJson(body) as UserEvent | undefined;
}
