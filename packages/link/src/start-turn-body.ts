import { z } from 'zod';
import type { StartTurnBody } from './internal-routes.ts';

/** Checks the body of `POST /internal/turns`. Unknown fields are dropped; the message is not changed. */
export const startTurnBodySchema: z.ZodType<StartTurnBody> = z.object({
  conversationId: z
    .string()
    .regex(/^[^\p{Cc}/]{1,128}$/u, 'must have 1 to 128 characters, no control characters and no "/"')
    .exactOptional(),
  message: z.string().min(1, 'must not be empty'),
  model: z.string().min(1, 'must not be empty').exactOptional(),
  cwd: z.string().min(1, 'must not be empty').exactOptional(),
  idempotencyKey: z
    .string()
    .regex(/^[\x21-\x7e]{1,128}$/, 'must have 1 to 128 visible ASCII characters')
    .exactOptional(),
});
