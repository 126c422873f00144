import { asc, desc, getTableColumns, gt } from 'drizzle-orm';
import type { DomainEventDraft, DomainEventRow } from '../extension/extension-store.ts';
import type { Step } from '../ports.ts';
import { checksumOf } from './checksum.ts';
import { EVENT_STREAM, headOf, setHead, TRIMMED_EVENT_STREAM } from './heads.ts';
import { DamagedRowError, isWhole } from './rows.ts';
import { domain_event } from './schema.ts';
import { build, changing, reading, slot, slots } from './statements.ts';
import type { OnDamagedRow } from './store-damage.ts';
import { readJson } from './stored-json.ts';

type EventRecord = typeof domain_event.$inferSelect;

const newEvent = changing(build.insert(domain_event).values(slots(getTableColumns(domain_event))));
const newest = reading(
  build
    .select({ id: domain_event.id })
    .from(domain_event)
    .where(gt(domain_event.id, 0))
    .orderBy(desc(domain_event.id))
    .limit(1),
);
const storedAfter = reading(
  build
    .select()
    .from(domain_event)
    .where(gt(domain_event.id, slot('after')))
    .orderBy(asc(domain_event.id))
    .limit(slot('limit')),
);

/**
 * Number of the last event; 0 before the first. Every commit that ends a turn needs the next one, so that a head row which is lost or stands too low
 * does not keep it from being found.
 */
export function* lastEvent(): Step<number> {
  const given = yield* headOf(EVENT_STREAM);
  const trimmed = yield* headOf(TRIMMED_EVENT_STREAM);
  const [stored] = yield* newest({});
  return Math.max(given ?? 0, trimmed ?? 0, stored?.id ?? 0);
}

/** Writes events behind the last one, in the order of the list. `at` is the time of day, `age` the store's. */
export function* appendDomainEvents(
  drafts: readonly DomainEventDraft[],
  at: number,
  age: number,
): Step<void> {
  if (drafts.length === 0) return;
  let id = yield* lastEvent();
  if (!Number.isSafeInteger(id + drafts.length)) throw new DamagedRowError(`the head of ${EVENT_STREAM}`);
  for (const { name, payload } of drafts) {
    id += 1;
    const row = { id, name, body: JSON.stringify(payload), at };
    yield* newEvent({ ...row, age, checksum: checksumOfDomainEvent(row) });
  }
  yield* setHead(EVENT_STREAM, id);
}

/** The first `limit` readable events above `after`. What is damaged or missing among them is told. */
export function* domainEventsAfter(
  after: number,
  limit: number,
  onDamaged: OnDamagedRow,
): Step<DomainEventRow[]> {
  const readable: DomainEventRow[] = [];
  let place = after;
  // What was deleted because its time was over is not missing.
  let known = Math.max(after, (yield* headOf(TRIMMED_EVENT_STREAM)) ?? 0);
  for (;;) {
    const wanted = limit - readable.length;
    if (wanted <= 0) return readable;
    const rows = yield* storedAfter({ after: place, limit: wanted });
    for (const row of rows) {
      if (row.id > known + 1) onDamaged(missing(known + 1, row.id - 1));
      place = row.id;
      known = Math.max(known, row.id);
      const event = toEvent(row);
      if (event === undefined) onDamaged(`domain event ${row.id}`);
      else readable.push(event);
    }
    if (rows.length === wanted) continue;
    const last = yield* lastEvent();
    if (last > known) onDamaged(missing(known + 1, last));
    return readable;
  }
}

const missing = (from: number, to: number) =>
  from === to
    ? `domain event ${from}, which is missing`
    : `domain events ${from} to ${to}, which are missing`;

/** Undefined: the row is not what was written. */
function toEvent(row: EventRecord): DomainEventRow | undefined {
  const { id, name, body, at } = row;
  if (typeof name !== 'string' || typeof body !== 'string' || !isWhole(at)) return undefined;
  if (row.checksum !== checksumOfDomainEvent(row)) return undefined;
  const payload = readJson(body);
  return payload === undefined ? undefined : { id, name, payload, at };
}

/** Its age is not in it: nobody is given that, and an event must not be lost with it. */
function checksumOfDomainEvent({ id, name, body, at }: Omit<EventRecord, 'age' | 'checksum'>): number {
  return checksumOf(id, name, body, at);
}
