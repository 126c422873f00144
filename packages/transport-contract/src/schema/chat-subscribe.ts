import { z } from 'zod';
import type { ChatSubscribeMessage, ChatUnsubscribeMessage } from '../index.ts';
import { exact } from './exact.ts';
import { conversationIdSchema, frameIdSchema, turnReferenceSchema } from './inbound-fields.ts';

/** Reads a `chat.subscribe` frame. */
export const chatSubscribeMessageSchema: z.ZodType<ChatSubscribeMessage> = exact<ChatSubscribeMessage>()(
  z.object({
    type: z.literal('chat.subscribe'),
    conversationId: conversationIdSchema,
    turnId: turnReferenceSchema.exactOptional(),
    after: z.int('must be a whole number').min(-1, 'must be -1 or more').exactOptional(),
    id: frameIdSchema.exactOptional(),
  }),
);

/** Reads a `chat.unsubscribe` frame. */
export const chatUnsubscribeMessageSchema: z.ZodType<ChatUnsubscribeMessage> =
  exact<ChatUnsubscribeMessage>()(
    z.object({
      type: z.literal('chat.unsubscribe'),
      conversationId: conversationIdSchema,
      id: frameIdSchema.exactOptional(),
    }),
  );
