import { z } from 'zod';
import type { ChatRequest, ChatSendMessage } from '../index.ts';
import { exact } from './exact.ts';
import {
  conversationIdSchema,
  cwdSchema,
  frameIdSchema,
  idempotencyKeySchema,
  messageTextSchema,
  modelNameSchema,
  wellFormedText,
  withoutFields,
} from './inbound-fields.ts';

/**
 * Existing clients send no usable `conversationId` when they want one minted, and a blank `cwd` when they have none; both count as absent, so
 * that neither is refused and a blank one does not replace what is stored.
 */
const lenient = (body: unknown): unknown =>
  withoutFields(body, (field, value) => {
    if (field === 'conversationId') return typeof value !== 'string' || value === '';
    return field === 'cwd' && typeof value === 'string' && value.trim() === '';
  });

const optional = {
  conversationId: conversationIdSchema.exactOptional(),
  model: modelNameSchema.exactOptional(),
  cwd: cwdSchema.exactOptional(),
  idempotencyKey: idempotencyKeySchema.exactOptional(),
};

const isNotBlank = (text: string): boolean => text.trim() !== '';

/** Reads the body of `POST /chat`: trims the message and refuses a blank one. */
export const chatRequestSchema: z.ZodType<ChatRequest> = exact<ChatRequest>()(
  z.preprocess(
    lenient,
    z.object({
      message: wellFormedText('must be a string')
        .refine(isNotBlank, 'must not be blank')
        .transform((text) => text.trim()),
      ...optional,
    }),
  ),
);

/** Reads a `chat.send` frame: the message stays as it is, spaces included. */
export const chatSendMessageSchema: z.ZodType<ChatSendMessage> = exact<ChatSendMessage>()(
  z.preprocess(
    lenient,
    z.object({
      type: z.literal('chat.send'),
      message: messageTextSchema,
      ...optional,
      id: frameIdSchema.exactOptional(),
    }),
  ),
);
