import { type StartTurnAnswer, startTurnBodySchema } from '@dispatch/link';
import { crashPoint } from '../crash-point.ts';
import type { StartTurnOutcome, StartTurnRequest } from '../ports.ts';
import { ApiError, conversationDamaged } from './api-error.ts';
import type { ApiHandler } from './api-handler.ts';
import { storageFull, unknownConversation } from './change-conversation.ts';
import { withKeyHeader } from './request-key.ts';
import { validate } from './validate.ts';

/** `POST /internal/turns`: starts a turn for a message of a user, from whichever door it came. */
export const startTurn: ApiHandler = async (request, { turns }): Promise<StartTurnAnswer> => {
  const { conversationId, message, model, cwd, idempotencyKey } = await validate(
    startTurnBodySchema,
    withKeyHeader(await request.body(), request.header('idempotency-key')),
  );
  const start: StartTurnRequest = {
    userId: request.userId,
    message,
    ...(conversationId === undefined ? {} : { conversationId }),
    ...(model === undefined ? {} : { model }),
    ...(cwd === undefined ? {} : { cwd }),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  };
  const outcome = notRefused(await turns.start(start));
  crashPoint('before-answer');
  return { outcome: outcome.kind, conversationId: outcome.conversationId, turnId: outcome.turnId };
};

/** The outcome of a start that is none of the refusals every start can meet. Throws `ApiError` for those. */
export function notRefused<Outcome extends StartTurnOutcome>(
  outcome: Outcome,
): Extract<Outcome, { readonly kind: 'started' | 'repeated' | 'busy' }> {
  switch (outcome.kind) {
    case 'started':
    case 'repeated':
    case 'busy':
      return outcome as Extract<Outcome, { readonly kind: 'started' | 'repeated' | 'busy' }>;
    case 'key-mismatch':
      throw new ApiError('idempotency-mismatch', 'this idempotency key was used with another request');
    case 'not-found':
    case 'not-queued':
      throw unknownConversation();
    case 'full':
      throw storageFull();
    case 'damaged':
      throw conversationDamaged();
    case 'draining':
      throw new ApiError('draining', 'the kernel is shutting down');
    default:
      return outcome satisfies never;
  }
}
