import type { TurnPlace } from '../turn/turn-place.ts';
import { checksumOf } from './checksum.ts';
import type { turn } from './schema.ts';

type PlaceRecord = Pick<
  typeof turn.$inferSelect,
  'id' | 'kind' | 'beat_id' | 'version' | 'parent_id' | 'superseded_by' | 'regenerated_from'
>;

/** The columns that hold a place, with what proves them. */
export function placeColumns({
  turnId,
  beatId,
  version,
  parentId,
  supersededBy,
  regeneratedFrom,
}: TurnPlace) {
  const written = {
    beat_id: beatId,
    version,
    parent_id: parentId,
    superseded_by: supersededBy,
    regenerated_from: regeneratedFrom,
  };
  return { ...written, place_checksum: checksumOfPlace({ id: turnId, kind: 'primary', ...written }) };
}

/** Proves that a place is the one that was written. */
export function checksumOfPlace(record: PlaceRecord): number {
  const { id, kind, beat_id, version, parent_id, superseded_by, regenerated_from } = record;
  return checksumOf(id, kind, beat_id, version, parent_id, superseded_by, regenerated_from);
}
