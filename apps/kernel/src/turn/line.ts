import type { NewPlace, TurnPlace } from './turn-place.ts';

/** The place of a turn that answers a new message. */
export function firstVersion(turnId: string, parentId: string | null): NewPlace {
  return { beatId: turnId, version: 1, parentId, supersededBy: null, regeneratedFrom: null };
}

/** The turns that are shown, from the first to the one that the next message extends. */
export function activeLine(places: readonly TurnPlace[]): readonly TurnPlace[] {
  const shown = new Map<string | null, TurnPlace>();
  for (const place of places) if (place.supersededBy === null) shown.set(place.parentId, place);
  const line: TurnPlace[] = [];
  let next = shown.get(null);
  // No turn goes on from a later one, so that this ends whatever stands in the rows.
  while (next !== undefined && next.ordinal > (line.at(-1)?.ordinal ?? 0)) {
    line.push(next);
    next = shown.get(next.turnId);
  }
  return line;
}

/** The turns from the first to this one, each the one that the next goes on from. Empty: there is no such turn. */
export function lineTo(places: readonly TurnPlace[], turnId: string | null): readonly TurnPlace[] {
  const byId = new Map(places.map((place) => [place.turnId, place]));
  const line: TurnPlace[] = [];
  let next = turnId === null ? undefined : byId.get(turnId);
  while (next !== undefined && next.ordinal < (line.at(-1)?.ordinal ?? Number.POSITIVE_INFINITY)) {
    line.push(next);
    next = next.parentId === null ? undefined : byId.get(next.parentId);
  }
  return line.reverse();
}

/** The versions of a beat, by their number; tries that came to nothing are none. */
export function versionsOf(places: readonly TurnPlace[], beatId: string): readonly TurnPlace[] {
  return places
    .filter((place) => place.beatId === beatId && place.version > 0)
    .sort((a, b) => a.version - b.version);
}

/** The version of a beat that is shown. */
export function shownOf(places: readonly TurnPlace[], beatId: string): TurnPlace | undefined {
  return places.find((place) => place.beatId === beatId && place.supersededBy === null);
}

/** The place of another version of a turn's beat. Undefined: there is no such turn. */
export function nextVersion(places: readonly TurnPlace[], of: string): NewPlace | undefined {
  const target = places.find(({ turnId }) => turnId === of);
  if (target === undefined) return undefined;
  const { beatId, parentId } = target;
  const shown = shownOf(places, beatId);
  if (shown === undefined) return undefined;
  return {
    beatId,
    version: (versionsOf(places, beatId).at(-1)?.version ?? 0) + 1,
    parentId,
    supersededBy: shown.turnId,
    regeneratedFrom: of,
  };
}

/** One version that is shown in the place of another, both as they are from then on. */
export interface Replacement {
  readonly shown: TurnPlace;
  readonly superseded: TurnPlace;
}

/** What has to change so that the line goes through this turn: nothing where it does. Only one beat differs, unless an earlier one leads elsewhere. */
export function replacementsFor(places: readonly TurnPlace[], turnId: string): readonly Replacement[] {
  return lineTo(places, turnId).flatMap((place) => {
    const shown = shownOf(places, place.beatId);
    if (shown === undefined || shown.turnId === place.turnId) return [];
    return [
      { shown: { ...place, supersededBy: null }, superseded: { ...shown, supersededBy: place.turnId } },
    ];
  });
}
