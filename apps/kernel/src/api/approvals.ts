import type { AnswerApprovalResponse, ApprovalsResponse } from '@dispatch/transport-contract';
import { answerApprovalRequestSchema } from '@dispatch/transport-contract/schema';
import { approvalOf } from '../approval/approval-view.ts';
import { DamagedRowError } from '../storage/rows.ts';
import { ApiError, conversationDamaged } from './api-error.ts';
import type { ApiHandler } from './api-handler.ts';
import { keyMismatch, storageFull } from './change-conversation.ts';
import { requestKey } from './request-key.ts';
import { validate } from './validate.ts';

/** `GET /approvals`: what waits for an answer the caller may give. */
export const approvals: ApiHandler = async ({ userId }, { store }): Promise<ApprovalsResponse> => {
  const { rows, userSeq } = await store.read.approvals.pendingApprovals(userId);
  return { approvals: rows.map(approvalOf), epoch: store.epoch, userSeq };
};

/** `POST /approvals/:approvalId`: the first answer counts; a late one is told how it stands. */
export const answerApproval: ApiHandler = async (request, parts): Promise<AnswerApprovalResponse> => {
  const answer = await validate(answerApprovalRequestSchema, await request.body());
  const approvalId = request.params['approvalId'] ?? '';
  const key = await requestKey(request, parts.store, 'answerApproval', [approvalId, answer]);
  const outcome = await parts.approvals
    .answer(request.principal, approvalId, answer, key)
    .catch((error: unknown) => {
      if (error instanceof DamagedRowError) throw conversationDamaged();
      throw error;
    });
  if (outcome.kind === 'full') throw storageFull();
  if (outcome.kind === 'key-mismatch') throw keyMismatch();
  if (outcome.kind === 'fenced') throw new Error('an answer has no fence to fail');
  if (outcome.result === null) throw new ApiError('not-found', 'there is no such approval');
  const { row, applied } = outcome.result;
  return { approval: approvalOf(row), applied };
};
