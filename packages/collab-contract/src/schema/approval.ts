import { z } from 'zod';
import type { Approval, ApprovalScope } from '../index.ts';
import { exact } from './exact.ts';

/** Checks an {@link ApprovalScope}. */
export const approvalScopeSchema: z.ZodType<ApprovalScope> = exact<ApprovalScope>()(
  z.enum(['once', 'conversation'], 'must be once or conversation'),
);

/** Checks an {@link Approval}. */
export const approvalSchema: z.ZodType<Approval> = exact<Approval>()(
  z.object({
    id: z.string(),
    conversationId: z.string(),
    turnId: z.string(),
    toolCallId: z.string(),
    tool: z.string(),
    input: z.unknown(),
    cwd: z.string().exactOptional(),
    summary: z.string(),
    pattern: z.string().nullable(),
    state: z.enum(['pending', 'allowed', 'denied', 'expired', 'withdrawn']),
    askedAt: z.number(),
    expiresAt: z.number(),
    answeredBy: z.string().exactOptional(),
    answeredAt: z.number().exactOptional(),
    scope: approvalScopeSchema.exactOptional(),
  }),
);
