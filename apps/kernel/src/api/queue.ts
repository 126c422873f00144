import type {
  CancelQueuedResponse,
  ChangeQueuedResponse,
  QueuedMessage,
  QueueMessageResponse,
  QueueResponse,
} from '@dispatch/transport-contract';
import { changeQueuedRequestSchema, queueMessageRequestSchema } from '@dispatch/transport-contract/schema';
import { crashPoint } from '../crash-point.ts';
import { keyFor } from '../idempotency-key.ts';
import type { QueuedMessageRow } from '../queue/queue-store.ts';
import { ApiError, conversationDamaged } from './api-error.ts';
import type { ApiHandler } from './api-handler.ts';
import { keyMismatch, storageFull, unknownConversation } from './change-conversation.ts';
import { requestKey, withKeyHeader } from './request-key.ts';
import { validate } from './validate.ts';

/** `POST /conversations/:id/queue`: steers or queues a message while a turn runs, and starts one with it while none does. */
export const queueMessage: ApiHandler = async (request, { queue, store }): Promise<QueueMessageResponse> => {
  const { userId, conversationId } = request;
  const body = withKeyHeader(await request.body(), request.header('idempotency-key'));
  const {
    message,
    mode = 'steer',
    model,
    idempotencyKey: key,
  } = await validate(queueMessageRequestSchema, body);
  const meaning = [conversationId, message, mode, model ?? null];
  const outcome = await queue.add({
    ...{ userId, conversationId, message, mode },
    ...(model === undefined ? {} : { model }),
    ...(key === undefined ? {} : { idempotency: keyFor(store, userId, key, 'queueMessage', meaning) }),
  });
  crashPoint('before-answer');
  switch (outcome.kind) {
    case 'queued':
      return { outcome: 'queued', conversationId, messageId: outcome.messageId };
    case 'started':
      return { outcome: 'started', conversationId, turnId: outcome.turnId };
    default:
      throw refused(outcome.kind, unknownConversation());
  }
};

/** `GET /conversations/:id/queue` */
export const queue: ApiHandler = async (
  { userId, conversationId },
  { queue: waiting },
): Promise<QueueResponse> => {
  const { messages, held } = await waiting.list(userId, conversationId);
  return { conversationId, messages: messages.map(queuedMessage), held };
};

/** `PUT /conversations/:id/queue/:messageId` */
export const changeQueued: ApiHandler = async (
  request,
  { queue: waiting, store },
): Promise<ChangeQueuedResponse> => {
  const { userId, conversationId, params } = request;
  const messageId = params['messageId'] ?? '';
  const asked = await validate(changeQueuedRequestSchema, await request.body());
  const idempotency = await requestKey(request, store, 'changeQueued', [messageId, asked]);
  const { message, ...change } = asked;
  const outcome = await waiting.change({
    ...{ userId, conversationId, messageId },
    ...(message === undefined ? {} : { text: message }),
    ...change,
    ...(idempotency && { idempotency }),
  });
  crashPoint('before-answer');
  switch (outcome.kind) {
    case 'changed':
      return { outcome: 'changed', conversationId, messageId };
    case 'started':
      return { outcome: 'started', conversationId, messageId, turnId: outcome.turnId };
    default:
      throw refused(outcome.kind, new ApiError('not-found', 'no such message waits here'));
  }
};

/** `DELETE /conversations/:id/queue/:messageId` */
export const cancelQueued: ApiHandler = async (
  { userId, conversationId, params },
  { queue: waiting },
): Promise<CancelQueuedResponse> => {
  const messageId = params['messageId'] ?? '';
  const cancelled = await waiting.remove(userId, conversationId, messageId);
  if (cancelled === 'full') throw storageFull();
  return { conversationId, messageId, cancelled };
};

function queuedMessage(row: QueuedMessageRow): QueuedMessage {
  const { id, mode, text, model, by, createdAt, editedAt } = row;
  return { id, mode, text, model, by, createdAt, editedAt };
}

type Refusal = 'not-found' | 'queue-full' | 'full' | 'key-mismatch' | 'damaged' | 'draining' | 'busy';

function refused(kind: Refusal, notFound: ApiError): ApiError {
  switch (kind) {
    case 'not-found':
      return notFound;
    case 'queue-full':
      return new ApiError('queue-full', 'too much waits in this conversation already', 'remove something');
    case 'full':
      return storageFull();
    case 'key-mismatch':
      return keyMismatch();
    case 'damaged':
      return conversationDamaged();
    case 'draining':
      return new ApiError('draining', 'the kernel is shutting down');
    case 'busy':
      return new ApiError('turn-running', 'one turn after the other runs in this conversation; try again');
    default:
      return kind satisfies never;
  }
}
