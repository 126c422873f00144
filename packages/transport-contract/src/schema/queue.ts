import { z } from 'zod';
import type {
  CancelQueuedResponse,
  ChangeQueuedRequest,
  ChangeQueuedResponse,
  QueuedMessage,
  QueueMessageRequest,
  QueueMessageResponse,
  QueueResponse,
} from '../index.ts';
import { exact } from './exact.ts';
import { idempotencyKeySchema, modelNameSchema, wellFormedText } from './inbound-fields.ts';

const mode = z.enum(['steer', 'queue'], 'must be steer or queue');
const message = wellFormedText('must be a string').refine((text) => text.trim() !== '', 'must not be blank');
const position = z.int('must be a whole number of at least 1').min(1, 'must be a whole number of at least 1');

/** Checks a {@link QueuedMessage}. */
export const queuedMessageSchema: z.ZodType<QueuedMessage> = exact<QueuedMessage>()(
  z.object({
    id: z.string(),
    mode,
    text: z.string(),
    model: z.string().nullable(),
    by: z.string(),
    createdAt: z.number(),
    editedAt: z.number().nullable(),
  }),
);

/** Reads the body of `POST /conversations/:id/queue`; the message stays as it is, spaces included. */
export const queueMessageRequestSchema: z.ZodType<QueueMessageRequest> = exact<QueueMessageRequest>()(
  z.object({
    message,
    mode: mode.exactOptional(),
    model: modelNameSchema.exactOptional(),
    idempotencyKey: idempotencyKeySchema.exactOptional(),
  }),
);

/** Checks a {@link QueueMessageResponse}. */
export const queueMessageResponseSchema: z.ZodType<QueueMessageResponse> = exact<QueueMessageResponse>()(
  z.object({
    outcome: z.enum(['queued', 'started']),
    conversationId: z.string(),
    messageId: z.string().exactOptional(),
    turnId: z.string().exactOptional(),
  }),
);

/** Checks a {@link QueueResponse}. */
export const queueResponseSchema: z.ZodType<QueueResponse> = exact<QueueResponse>()(
  z.object({ conversationId: z.string(), messages: z.array(queuedMessageSchema), held: z.boolean() }),
);

/** Reads the body of `PUT /conversations/:id/queue/:messageId`. */
export const changeQueuedRequestSchema: z.ZodType<ChangeQueuedRequest> = exact<ChangeQueuedRequest>()(
  z.object({
    message: message.exactOptional(),
    mode: mode.exactOptional(),
    position: position.exactOptional(),
  }),
);

/** Checks a {@link ChangeQueuedResponse}. */
export const changeQueuedResponseSchema: z.ZodType<ChangeQueuedResponse> = exact<ChangeQueuedResponse>()(
  z.object({
    outcome: z.enum(['changed', 'started']),
    conversationId: z.string(),
    messageId: z.string(),
    turnId: z.string().exactOptional(),
  }),
);

/** Checks a {@link CancelQueuedResponse}. */
export const cancelQueuedResponseSchema: z.ZodType<CancelQueuedResponse> = exact<CancelQueuedResponse>()(
  z.object({ conversationId: z.string(), messageId: z.string(), cancelled: z.boolean() }),
);
