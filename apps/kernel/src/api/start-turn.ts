import { type StartTurnAnswer, startTurnBodySchema } from '@dispatch/link';
import { crashPoint } from '../crash-point.ts';
import type { StartTurnRequest } from '../ports.ts';
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
  const outcome = await turns.start(start);
  crashPoint('before-answer');
  switch (outcome.kind) {
    case 'started':
    case 'repeated':
    case 'busy':
      return { outcome: outcome.kind, conversationId: outcome.conversationId, turnId: outcome.turnId };
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
};
