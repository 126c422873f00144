import { z } from 'zod';
import type { MessageQueuePayload } from '../index.ts';
import { exact } from './exact.ts';

/** Checks a {@link MessageQueuePayload}. */
export const messageQueuePayloadSchema: z.ZodType<MessageQueuePayload> = exact<MessageQueuePayload>()(
  z.object({
    messages: z.array(
      z.object({
        id: z.string(),
        mode: z.enum(['steer', 'queue']),
        text: z.string(),
        cut: z.literal(true).exactOptional(),
        model: z.string().nullable(),
        by: z.string(),
        createdAt: z.number(),
        editedAt: z.number().nullable(),
      }),
    ),
    held: z.boolean(),
  }),
);
