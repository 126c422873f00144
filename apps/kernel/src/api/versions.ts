import type { VersionSummary, VersionsResponse } from '@dispatch/transport-contract';
import { versionsQuerySchema } from '@dispatch/transport-contract/schema';
import { visibleConversation } from '../policy/conversation-policy.ts';
import type { Reads } from '../ports.ts';
import { versionsOf } from '../turn/line.ts';
import type { TurnPlace } from '../turn/turn-place.ts';
import { ApiError } from './api-error.ts';
import type { ApiHandler } from './api-handler.ts';
import { effectsOf } from './turn-effects.ts';
import { validate } from './validate.ts';

/** `GET /conversations/:id/versions`: the versions of the beat of one turn. */
export const versions: ApiHandler = async (
  { userId, conversationId, query },
  { store },
): Promise<VersionsResponse> => {
  const { turnId } = await validate(versionsQuerySchema, query);
  const row = await visibleConversation(store.read, userId, conversationId);
  const places = row === undefined ? [] : await store.read.eachPlace(conversationId);
  const beatId = places.find((place) => place.turnId === turnId)?.beatId;
  if (beatId === undefined) throw unknownTurn();
  const listed = versionsOf(places, beatId).map((place) => summaryOf(store.read, place));
  return { conversationId, beatId, versions: await Promise.all(listed) };
};

async function summaryOf(read: Reads, place: TurnPlace): Promise<VersionSummary> {
  const { turnId, version, supersededBy } = place;
  const turn = await read.turn(turnId);
  if (turn === undefined) throw unknownTurn();
  const { startedAt, sealedAt, reason, metrics, model } = turn;
  return {
    turnId,
    version,
    active: supersededBy === null,
    startedAt,
    sealedAt,
    reason,
    model: metrics?.model ?? model,
    ...(metrics === null ? {} : { usage: metrics.usage }),
    effects: await effectsOf(read, turnId),
  };
}

/** Also of a conversation that is somebody else's, or that never was. */
export function unknownTurn(): ApiError {
  return new ApiError('not-found', 'there is no such turn in this conversation');
}
