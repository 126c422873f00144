import type { Approval } from '@dispatch/collab-contract';
import { audienceOf } from '../policy/conversation-policy.ts';
import type { ConversationRow, UserEventDraft } from '../ports.ts';
import type { ApprovalRow } from './approval-store.ts';

/** An approval as clients see it. */
export function approvalOf(row: ApprovalRow): Approval {
  const { inputHash: _, scope, answeredAt, answeredBy, ...shown } = row;
  return {
    ...shown,
    ...(answeredBy === null ? {} : { answeredBy }),
    ...(answeredAt === null ? {} : { answeredAt }),
    ...(scope === null ? {} : { scope }),
  };
}

/** What everybody who may answer learns of an approval, as it stands in the commit that brings it about. */
export function approvalEvent(row: ApprovalRow, conversation: ConversationRow): UserEventDraft {
  const type = row.state === 'pending' ? 'approval.requested' : 'approval.resolved';
  return { audience: audienceOf(conversation), event: { type, approval: approvalOf(row) } };
}
