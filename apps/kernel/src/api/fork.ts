import type { ForkResponse } from '@dispatch/transport-contract';
import { forkRequestSchema } from '@dispatch/transport-contract/schema';
import { keyFor } from '../idempotency-key.ts';
import { visibleConversation } from '../policy/conversation-policy.ts';
import { type ForkOutcome, forkConversation } from '../turn/fork-conversation.ts';
import type { ApiHandler } from './api-handler.ts';
import { keyMismatch, storageFull } from './change-conversation.ts';
import { turnRunning } from './regenerate.ts';
import { withKeyHeader } from './request-key.ts';
import { validate } from './validate.ts';
import { unknownTurn } from './versions.ts';

/** `POST /conversations/:id/fork`: a new conversation from the line up to a turn. */
export const fork: ApiHandler = async (request, parts): Promise<ForkResponse> => {
  const { userId, conversationId } = request;
  const body = withKeyHeader(await request.body(), request.header('idempotency-key'));
  const { turnId, idempotencyKey: key } = await validate(forkRequestSchema, body);
  const row = await visibleConversation(parts.store.read, userId, conversationId);
  if (row === undefined) throw unknownTurn();
  const idempotency = key && keyFor(parts.store, userId, key, 'fork', [conversationId, turnId]);
  const forked = answerOf(
    await forkConversation(parts, { source: row, turnId, ...(idempotency && { idempotency }) }),
  );
  return { ...forked, forkedFrom: { conversationId, turnId } };
};

function answerOf(outcome: ForkOutcome): Extract<ForkOutcome, object> {
  switch (outcome) {
    case 'unknown-turn':
      throw unknownTurn();
    case 'turn-running':
      throw turnRunning();
    case 'full':
      throw storageFull();
    case 'key-mismatch':
      throw keyMismatch();
    default:
      return outcome;
  }
}
