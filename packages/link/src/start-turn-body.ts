import {
  conversationIdSchema,
  cwdSchema,
  idempotencyKeySchema,
  messageTextSchema,
  modelNameSchema,
} from '@dispatch/transport-contract/schema';
import { z } from 'zod';
import type { StartTurnBody } from './internal-routes.ts';

/** Checks the body of `POST /internal/turns`. Unknown fields are dropped; the message is not changed, spaces included. */
export const startTurnBodySchema: z.ZodType<StartTurnBody> = z.object({
  conversationId: conversationIdSchema.exactOptional(),
  message: messageTextSchema,
  model: modelNameSchema.exactOptional(),
  cwd: cwdSchema.exactOptional(),
  idempotencyKey: idempotencyKeySchema.exactOptional(),
});
