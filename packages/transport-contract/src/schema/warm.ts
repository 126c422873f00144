import { z } from 'zod';
import type { WarmRequest, WarmResponse } from '../index.ts';
import { exact } from './exact.ts';
import { conversationIdSchema, cwdSchema, modelNameSchema } from './inbound-fields.ts';

/** Reads the body of `POST /chat/warm`. */
export const warmRequestSchema: z.ZodType<WarmRequest> = exact<WarmRequest>()(
  z.object({
    conversationId: conversationIdSchema,
    model: modelNameSchema.exactOptional(),
    cwd: cwdSchema.exactOptional(),
  }),
);

const count = z.number().min(0);
const percent = z.int().min(0).max(100);

/** Checks a {@link WarmResponse}. */
export const warmResponseSchema: z.ZodType<WarmResponse> = exact<WarmResponse>()(
  z.object({
    inputTokens: count,
    outputTokens: count,
    cacheReadTokens: count,
    cacheWriteTokens: count,
    cachePct: percent,
    expectedCacheRate: percent,
  }),
);
