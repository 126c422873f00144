import { asc, lte } from 'drizzle-orm';
import type { Step } from '../ports.ts';
import { setHead, TRIMMED_EVENT_STREAM } from './heads.ts';
import { isWhole } from './rows.ts';
import { domain_event, extension_cursor } from './schema.ts';
import { build, changing, reading, slot } from './statements.ts';

const slowest = reading(
  build
    .select({ event_id: extension_cursor.event_id })
    .from(extension_cursor)
    .orderBy(asc(extension_cursor.event_id))
    .limit(1),
);
const oldest = reading(
  build
    .select({ id: domain_event.id, age: domain_event.age })
    .from(domain_event)
    .where(lte(domain_event.id, slot('last')))
    .orderBy(asc(domain_event.id))
    .limit(slot('limit')),
);
const deletedTo = changing(build.delete(domain_event).where(lte(domain_event.id, slot('last'))));

/** How much longer events are kept for an extension that has not handled them: it may be away for good. In milliseconds of the store's age. */
const AWAY_MS = 29 * 24 * 3_600_000;

/**
 * Deletes domain events that every cursor has passed and that were written before the age `before`, and those that no cursor holds any longer, from the oldest
 * on; gives how many. What stands before an event that is old enough is older, whatever its row says.
 */
export function* trimDomainEvents(before: number, limit: number): Step<number> {
  const [cursor] = yield* slowest({});
  const passed = cursor?.event_id ?? Number.MAX_SAFE_INTEGER;
  // One that cannot be what was written holds everything, until it is begun anew.
  const held = isWhole(passed) ? passed : 0;
  const rows = yield* oldest({ last: Number.MAX_SAFE_INTEGER, limit });
  const isOver = ({ id, age }: (typeof rows)[number]) =>
    isWhole(age) && age < (id <= held ? before : before - AWAY_MS);
  const count = rows.findLastIndex(isOver) + 1;
  const last = rows[count - 1];
  if (last === undefined) return 0;
  yield* deletedTo({ last: last.id });
  yield* setHead(TRIMMED_EVENT_STREAM, last.id);
  return count;
}
