import { approvalSchema, approvalScopeSchema } from '@dispatch/collab-contract/schema';
import { z } from 'zod';
import type {
  AnswerApprovalRequest,
  AnswerApprovalResponse,
  ApprovalsResponse,
  GrantsResponse,
} from '../index.ts';
import { exact } from './exact.ts';

/** Checks an {@link ApprovalsResponse}. */
export const approvalsResponseSchema: z.ZodType<ApprovalsResponse> = exact<ApprovalsResponse>()(
  z.object({ approvals: z.array(approvalSchema), epoch: z.string(), userSeq: z.int().min(0) }),
);

/** Reads the body of `POST /approvals/:approvalId`. */
export const answerApprovalRequestSchema: z.ZodType<AnswerApprovalRequest> = exact<AnswerApprovalRequest>()(
  z.object({
    decision: z.enum(['allow', 'deny'], 'must be allow or deny'),
    scope: approvalScopeSchema.exactOptional(),
  }),
);

/** Checks an {@link AnswerApprovalResponse}. */
export const answerApprovalResponseSchema: z.ZodType<AnswerApprovalResponse> =
  exact<AnswerApprovalResponse>()(z.object({ approval: approvalSchema, applied: z.boolean() }));

/** Checks a {@link GrantsResponse}. */
export const grantsResponseSchema: z.ZodType<GrantsResponse> = exact<GrantsResponse>()(
  z.object({
    conversationId: z.string(),
    grants: z.array(
      z.object({
        id: z.string(),
        conversationId: z.string(),
        tool: z.string(),
        pattern: z.string(),
        cwd: z.string().exactOptional(),
        grantedBy: z.string(),
        grantedAt: z.number(),
      }),
    ),
  }),
);
