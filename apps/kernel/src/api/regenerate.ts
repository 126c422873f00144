import type { RegenerateResponse } from '@dispatch/transport-contract';
import { regenerateRequestSchema } from '@dispatch/transport-contract/schema';
import { crashPoint } from '../crash-point.ts';
import { ApiError } from './api-error.ts';
import type { ApiHandler } from './api-handler.ts';
import { withKeyHeader } from './request-key.ts';
import { notRefused } from './start-turn.ts';
import { effectsOf } from './turn-effects.ts';
import { validate } from './validate.ts';
import { unknownTurn } from './versions.ts';

/** `POST /conversations/:id/regenerate`: starts a turn that is another version of one there is. */
export const regenerate: ApiHandler = async (request, { store, turns, log }): Promise<RegenerateResponse> => {
  const { userId, conversationId } = request;
  const body = withKeyHeader(await request.body(), request.header('idempotency-key'));
  const { turnId: regenerates, ...asked } = await validate(regenerateRequestSchema, body);
  const started = await turns.start({ userId, conversationId, regenerates, ...asked });
  if (started.kind === 'not-found') throw unknownTurn();
  const outcome = notRefused(started);
  crashPoint('before-answer');
  if (outcome.kind === 'busy') throw turnRunning();
  const { turnId, version } = outcome;
  if (version === undefined) throw new Error('a regenerate started no version');
  const { beatId, supersedes } = version;
  const irreversible = await effectsOf(store.read, supersedes);
  if (outcome.kind === 'started' && irreversible.length > 0) {
    const effects = irreversible.map(({ id }) => id);
    log.warn({ conversationId, turnId, supersedes, effects }, 'what a superseded version did outside stays');
  }
  return { conversationId, turnId, beatId, version: version.version, irreversible };
};

/** What shows in a conversation cannot change while a turn decides what will. */
export function turnRunning(): ApiError {
  const hint = 'stop it, or wait for its end';
  return new ApiError('turn-running', 'a turn of this conversation is running', hint);
}
