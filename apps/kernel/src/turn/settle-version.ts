import type { TurnReplacedEvent } from '@dispatch/collab-contract';
import type { Queries, Step } from '../ports.ts';
import { replacementsFor, shownOf, versionsOf } from './line.ts';
import type { TurnPlace } from './turn-place.ts';

/**
 * Decides in the seal's commit what becomes of another version: it is shown from now on when it has said something, and the one before stays otherwise. What
 * watchers and users learn of it; nothing for a turn that answers a new message.
 */
export function* settleVersion(
  q: Queries,
  conversationId: string,
  turnId: string,
  hasSpoken: boolean,
): Step<readonly TurnReplacedEvent[]> {
  const places = yield* q.places.all(conversationId);
  const mine = places?.find((place) => place.turnId === turnId);
  if (places === undefined || mine === undefined || mine.supersededBy === null) return [];
  if (hasSpoken) return yield* showVersion(q, conversationId, places, turnId);
  const given = { ...mine, version: 0 };
  yield* q.places.put(given);
  const shown = shownOf(places, mine.beatId);
  if (shown === undefined) return [];
  const left = places.map((place) => (place === mine ? given : place));
  return [replacedEvent(conversationId, left, shown, given)];
}

/** Lets the line go through this turn. What users learn of it: nothing when it did already. */
export function* showVersion(
  q: Queries,
  conversationId: string,
  places: readonly TurnPlace[],
  turnId: string,
): Step<readonly TurnReplacedEvent[]> {
  const events: TurnReplacedEvent[] = [];
  for (const { shown, superseded } of replacementsFor(places, turnId)) {
    yield* q.places.put(superseded);
    yield* q.places.put(shown);
    events.push(replacedEvent(conversationId, places, shown, superseded));
  }
  return events;
}

function replacedEvent(
  conversationId: string,
  places: readonly TurnPlace[],
  shown: TurnPlace,
  superseded: TurnPlace,
): TurnReplacedEvent {
  const { turnId, beatId, version } = shown;
  const versions = versionsOf(places, beatId).length;
  return {
    type: 'turn-replaced',
    conversationId,
    turnId,
    supersedes: superseded.turnId,
    beatId,
    version,
    versions,
  };
}
