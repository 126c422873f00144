import { asc, eq, gt, sql } from 'drizzle-orm';
import type { Step } from '../ports.ts';
import { headOf, setHead, trimmedUserStream, USER_STREAMS } from './heads.ts';
import { isWhole } from './rows.ts';
import { event, head, user_event } from './schema.ts';
import { build, changing, FilledStatement, reading, slot } from './statements.ts';
import { KEPT_PER_USER } from './user-events.ts';

/** How much longer than other expiring rows the events of users are kept: 7 days of the store's age in all. */
const LONGER_MS = 6 * 24 * 3_600_000;

const oldest = reading(
  build
    .select({ id: event.id, age: event.age })
    .from(event)
    .where(gt(event.id, 0))
    .orderBy(asc(event.id))
    .limit(slot('limit')),
);
const deletedEvent = changing(build.delete(event).where(eq(event.id, slot('id'))));
const numbersOf = sql`delete from ${user_event} where event_id = ${slot('id')} returning user_id, seq`;
/** A user of whom more is kept than should be, by what was given out and what was deleted. */
const overfull = sql`select substr(${head.stream}, 6) as user_id, ${head.seq} as seq, coalesce(gone.seq, 0) as trimmed from ${head} left join ${head} as gone on gone.stream = 'user-trimmed:' || substr(${head.stream}, 6) where ${head.stream} >= ${USER_STREAMS.from} and ${head.stream} < ${USER_STREAMS.to} and ${head.seq} - coalesce(gone.seq, 0) > ${KEPT_PER_USER} limit 1`;
const deletedNumbers = sql`delete from ${user_event} where user_id = ${slot('user_id')} and seq <= ${slot('last')} returning event_id`;
const deletedIfAlone = changing(
  sql`delete from ${event} where id = ${slot('id')} and not exists (select 1 from ${user_event} where event_id = ${slot('id')})`,
);

/** Deletes events of users that are too old or too many; gives how many rows, `limit` or little more at most. */
export function* trimUserEvents(before: number, limit: number): Step<number> {
  let deleted = yield* trimOld(before - LONGER_MS, limit);
  while (deleted < limit) {
    const count = yield* trimMany(limit - deleted);
    if (count === 0) break;
    deleted += count;
  }
  return deleted;
}

/** What stands before an event that is old enough is older, whatever its row says. */
function* trimOld(before: number, limit: number): Step<number> {
  const rows = yield* oldest({ limit });
  const count = rows.findLastIndex(({ age }) => isWhole(age) && age < before) + 1;
  let deleted = 0;
  const last = new Map<string, number>();
  for (const { id } of rows.slice(0, count)) {
    if (deleted >= limit) break;
    const numbers = (yield new FilledStatement(numbersOf, { id })) as readonly Numbered[];
    for (const { user_id, seq } of numbers) last.set(user_id, Math.max(seq, last.get(user_id) ?? 0));
    yield* deletedEvent({ id });
    deleted += numbers.length + 1;
  }
  for (const [userId, seq] of last) yield* markTrimmed(userId, seq);
  return deleted;
}

interface Numbered {
  readonly user_id: string;
  readonly seq: number;
}

function* trimMany(limit: number): Step<number> {
  const [user] = (yield new FilledStatement(overfull, {})) as readonly (Numbered & { trimmed: number })[];
  if (user === undefined || !isWhole(user.seq) || !isWhole(user.trimmed)) return 0;
  const last = Math.min(user.seq - KEPT_PER_USER, user.trimmed + limit);
  const named = { user_id: user.user_id, last };
  const rows = (yield new FilledStatement(deletedNumbers, named)) as readonly { event_id: number }[];
  for (const { event_id } of rows) yield* deletedIfAlone({ id: event_id });
  yield* markTrimmed(user.user_id, last);
  return last - user.trimmed;
}

/** Whoever stopped before this number is told so, instead of being given less than everything. */
function* markTrimmed(userId: string, seq: number): Step<void> {
  const stream = trimmedUserStream(userId);
  if (seq > ((yield* headOf(stream)) ?? 0)) yield* setHead(stream, seq);
}
