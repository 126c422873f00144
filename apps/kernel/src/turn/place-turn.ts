import type { StoredChunk } from '@dispatch/wire';
import type { Queries, StartedVersion, Step } from '../ports.ts';
import { activeLine, firstVersion, lineTo, nextVersion, versionsOf } from './line.ts';
import type { NewPlace, TurnPlace } from './turn-place.ts';

/** Which version a turn is, while it runs. */
export interface TurnVersionStart extends StartedVersion {
  readonly regeneratedFrom: string;
  /** How many versions its beat has, this one included. */
  readonly versions: number;
}

/** Where a new turn goes. */
export interface PlacedTurn {
  /** Undefined: behind the turn that started last. */
  readonly place: NewPlace | undefined;
  /** The turns it goes on from: what of the log the model is shown. Undefined: all of them. */
  readonly line: ReadonlySet<string> | undefined;
  /** Absent: it answers a new message. */
  readonly version?: TurnVersionStart;
}

/** Decides inside the admission where a turn goes. Undefined: the turn to regenerate is none of this conversation. */
export function* placeTurn(
  q: Queries,
  conversationId: string,
  turnId: string,
  regenerates: string | undefined,
): Step<PlacedTurn | undefined> {
  if (regenerates === undefined) {
    const places = yield* q.places.all(conversationId);
    if (places === undefined) return { place: undefined, line: undefined };
    const line = activeLine(places);
    return { place: firstVersion(turnId, line.at(-1)?.turnId ?? null), line: idsOf(line) };
  }
  const places = yield* q.places.each(conversationId);
  const place = nextVersion(places, regenerates);
  if (place === undefined || place.supersededBy === null) return undefined;
  const { beatId, version, supersededBy: supersedes } = place;
  const versions = versionsOf(places, beatId).length + 1;
  return {
    place,
    line: idsOf(lineTo(places, place.parentId)),
    version: { beatId, version, supersedes, regeneratedFrom: regenerates, versions },
  };
}

/** The same of a turn that is admitted already. `places` undefined: the conversation has no versions. */
export function runningPlace(
  places: readonly TurnPlace[] | undefined,
  turnId: string,
): Pick<PlacedTurn, 'line' | 'version'> {
  const place = places?.find((one) => one.turnId === turnId);
  if (places === undefined || place === undefined) return { line: undefined };
  const { parentId, beatId, version, regeneratedFrom, supersededBy: supersedes } = place;
  const line = idsOf(lineTo(places, parentId));
  if (regeneratedFrom === null || supersedes === null) return { line };
  const versions = versionsOf(places, beatId).length;
  return { line, version: { beatId, version, supersedes, regeneratedFrom, versions } };
}

/** What the person said in a turn, byte for byte. Empty: the log has none of it. */
export function wordsOf(history: readonly StoredChunk[], turnId: string): string {
  return history
    .flatMap(({ turnId: of, role, chunk }) =>
      of === turnId && role === 'user' && chunk.type === 'text' ? [chunk.text] : [],
    )
    .join('');
}

function idsOf(line: readonly { readonly turnId: string }[]): ReadonlySet<string> {
  return new Set(line.map(({ turnId }) => turnId));
}
