import type { TurnReplacedEvent } from '@dispatch/collab-contract';
import type { ActivateVersionResponse } from '@dispatch/transport-contract';
import { activateVersionRequestSchema } from '@dispatch/transport-contract/schema';
import { audienceOf, writableConversation } from '../policy/conversation-policy.ts';
import type { Queries, Step } from '../ports.ts';
import { versionsOf } from '../turn/line.ts';
import { showVersion } from '../turn/settle-version.ts';
import type { ApiHandler } from './api-handler.ts';
import { keyMismatch, storageFull } from './change-conversation.ts';
import { turnRunning } from './regenerate.ts';
import { requestKey } from './request-key.ts';
import { validate } from './validate.ts';
import { unknownTurn } from './versions.ts';

/** Kept with the key of the request. */
type Verdict = ActivateVersionResponse | 'unknown' | 'running';

/** `POST /conversations/:id/versions/activate`: lets the line go through this turn. */
export const activateVersion: ApiHandler = async (request, { store }): Promise<ActivateVersionResponse> => {
  const { userId, conversationId } = request;
  const { turnId } = await validate(activateVersionRequestSchema, await request.body());
  const key = await requestKey(request, store, 'activateVersion', turnId);
  const outcome = await store.commit<Verdict>({
    ...(key && { idempotency: key }),
    *plan(q) {
      const { allowed, row } = yield* writableConversation(q, userId, conversationId);
      if (!allowed || row === undefined) return { result: 'unknown', refused: true };
      if ((yield* q.runningTurn(conversationId)) !== undefined) return { result: 'running', refused: true };
      const shown = yield* show(q, conversationId, turnId);
      if (shown === undefined) return { result: 'unknown', refused: true };
      const audience = audienceOf(row);
      return { result: shown.answer, userEvents: shown.events.map((event) => ({ audience, event })) };
    },
  });
  if (outcome.kind === 'full') throw storageFull();
  if (outcome.kind === 'key-mismatch') throw keyMismatch();
  if (outcome.kind === 'fenced' || outcome.result === 'unknown') throw unknownTurn();
  if (outcome.result === 'running') throw turnRunning();
  return outcome.result;
};

/** Undefined: there is no such version. */
function* show(
  q: Queries,
  conversationId: string,
  turnId: string,
): Step<
  { readonly answer: ActivateVersionResponse; readonly events: readonly TurnReplacedEvent[] } | undefined
> {
  const places = yield* q.places.each(conversationId);
  const place = places.find((one) => one.turnId === turnId);
  if (place === undefined || place.version === 0) return undefined;
  const { beatId, version } = place;
  const versions = versionsOf(places, beatId).length;
  const events = yield* showVersion(q, conversationId, places, turnId);
  return { answer: { conversationId, turnId, beatId, version, versions }, events };
}
