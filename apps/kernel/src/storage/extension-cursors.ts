import { eq, getTableColumns } from 'drizzle-orm';
import type { Step } from '../ports.ts';
import { lastEvent } from './domain-events.ts';
import { isWhole } from './rows.ts';
import { extension_cursor } from './schema.ts';
import { build, changing, reading, slot, slots } from './statements.ts';
import type { OnDamagedRow } from './store-damage.ts';
import { excluded } from './upsert.ts';

const columns = getTableColumns(extension_cursor);
const thisCursor = eq(columns.extension_id, slot('extension_id'));
const stored = reading(build.select().from(extension_cursor).where(thisCursor));
const written = changing(
  build
    .insert(extension_cursor)
    .values(slots(columns))
    .onConflictDoUpdate({ target: columns.extension_id, set: excluded(columns) }),
);
const dropped = changing(build.delete(extension_cursor).where(thisCursor));

/** Undefined: there is none, or it cannot be what was written, which is told. */
export function* cursorOf(extensionId: string, onDamaged: OnDamagedRow): Step<number | undefined> {
  const [record] = yield* stored({ extension_id: extensionId });
  if (record === undefined) return undefined;
  const { event_id: eventId } = record;
  if (isWhole(eventId) && eventId <= (yield* lastEvent())) return eventId;
  onDamaged(`the cursor of extension ${extensionId}`);
  return undefined;
}

/** The cursor, begun at the head if there is none. */
export function* beginCursor(extensionId: string, onDamaged: OnDamagedRow): Step<number> {
  const known = yield* cursorOf(extensionId, onDamaged);
  if (known !== undefined) return known;
  const eventId = yield* lastEvent();
  yield* written({ extension_id: extensionId, event_id: eventId });
  return eventId;
}

/** Moves it on; never back. */
export function* moveCursor(extensionId: string, eventId: number, onDamaged: OnDamagedRow): Step<void> {
  const known = yield* cursorOf(extensionId, onDamaged);
  if (known === undefined || known < eventId)
    yield* written({ extension_id: extensionId, event_id: eventId });
}

export const dropCursor = (extensionId: string): Step<void> => dropped({ extension_id: extensionId });
