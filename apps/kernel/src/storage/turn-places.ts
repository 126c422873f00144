import { asc, eq, sql } from 'drizzle-orm';
import type { Step } from '../ports.ts';
import type { PlaceQueries, TurnPlace } from '../turn/turn-place.ts';
import { headOf, turnStream } from './heads.ts';
import { checksumOfPlace, placeColumns } from './place-columns.ts';
import { DamagedRowError, isWhole } from './rows.ts';
import { turn } from './schema.ts';
import { build, changing, reading, slot } from './statements.ts';

const columns = {
  id: turn.id,
  conversation_id: turn.conversation_id,
  ordinal: turn.ordinal,
  kind: turn.kind,
  beat_id: turn.beat_id,
  version: turn.version,
  parent_id: turn.parent_id,
  superseded_by: turn.superseded_by,
  regenerated_from: turn.regenerated_from,
  place_checksum: turn.place_checksum,
};

const ofConversation = eq(turn.conversation_id, slot('conversation_id'));
const placesOf = reading(build.select(columns).from(turn).where(ofConversation).orderBy(asc(turn.ordinal)));
const anySuperseded = reading(
  build
    .select({ id: turn.id })
    .from(turn)
    // Spelled out, so that any planner sees that the index of superseded turns answers it.
    .where(sql`${ofConversation} and ${turn.superseded_by} is not null`)
    .limit(1),
);
const writtenPlace = changing(
  build
    .update(turn)
    .set({
      version: sql`${slot('version')}`,
      superseded_by: sql`${slot('superseded_by')}`,
      place_checksum: sql`${slot('place_checksum')}`,
    })
    .where(eq(turn.id, slot('id'))),
);

type PlaceRecord = Pick<typeof turn.$inferSelect, keyof typeof columns>;

export const placeQueries: PlaceQueries = {
  *all(conversationId) {
    const superseded = yield* anySuperseded({ conversation_id: conversationId });
    return superseded.length === 0 ? undefined : yield* placeQueries.each(conversationId);
  },

  *each(conversationId): Step<readonly TurnPlace[]> {
    const records = yield* placesOf({ conversation_id: conversationId });
    const last = (yield* headOf(turnStream(conversationId))) ?? records.length;
    // A turn whose row is lost may be the one that others go on from.
    if (records.some(({ ordinal }, index) => ordinal !== index + 1) || last !== records.length) {
      throw new DamagedRowError(`the turns of conversation ${conversationId}`);
    }
    return records.map(toPlace);
  },

  *put(place) {
    const { turnId, version, supersededBy } = place;
    const { place_checksum } = placeColumns(place);
    yield* writtenPlace({ id: turnId, version, superseded_by: supersededBy, place_checksum });
  },
};

/** Without a checksum it must at least be a place. */
function toPlace(record: PlaceRecord): TurnPlace {
  const { id, beat_id, version, place_checksum } = record;
  const isPlace = typeof id === 'string' && typeof beat_id === 'string' && beat_id !== '' && isWhole(version);
  if (!isPlace || (place_checksum !== null && place_checksum !== checksumOfPlace(record))) {
    throw new DamagedRowError(`the place of turn ${String(id)}`);
  }
  return {
    turnId: id,
    ordinal: record.ordinal,
    beatId: beat_id,
    version,
    parentId: record.parent_id,
    supersededBy: record.superseded_by,
    regeneratedFrom: record.regenerated_from,
  };
}
