import type { Step, TurnRow } from '../../ports.ts';
import { firstVersion } from '../line.ts';
import type { NewPlace, PlaceQueries, TurnPlace } from '../turn-place.ts';

interface PlaceTables {
  readonly turns: readonly TurnRow[];
  places: TurnPlace[];
}

/** The places of turns in memory. */
export interface MemoryPlaces {
  /** Of a turn that was just written. */
  add(row: TurnRow, place: NewPlace | undefined): void;
  each(conversationId: string): readonly TurnPlace[];
  /** Undefined: there are no versions. */
  all(conversationId: string): readonly TurnPlace[] | undefined;
  readonly queries: PlaceQueries;
}

/** `ask` makes a step of an answer. */
export function memoryPlaces(tables: PlaceTables, ask: <T>(answer: () => T) => Step<T>): MemoryPlaces {
  const each = (conversationId: string) =>
    tables.places.filter(({ turnId }) =>
      tables.turns.some((turn) => turn.id === turnId && turn.conversationId === conversationId),
    );
  const all = (conversationId: string) => {
    const places = each(conversationId);
    return places.some(({ supersededBy }) => supersededBy !== null) ? places : undefined;
  };
  return {
    each,
    all,
    add({ id, conversationId }, place) {
      const before = each(conversationId).filter(({ turnId }) => turnId !== id);
      const given = place ?? firstVersion(id, before.at(-1)?.turnId ?? null);
      tables.places.push({ ...given, turnId: id, ordinal: before.length + 1 });
    },
    queries: {
      all: (id) => ask(() => all(id)),
      each: (id) => ask(() => each(id)),
      put: (place) =>
        ask(() => {
          tables.places = tables.places.map((one) => (one.turnId === place.turnId ? place : one));
        }),
    },
  };
}
