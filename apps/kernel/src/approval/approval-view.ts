import type { Approval } from '@dispatch/collab-contract';
import type { ApprovalGrant } from '@dispatch/transport-contract';
import { audienceOf } from '../policy/conversation-policy.ts';
import type { ConversationRow, UserEventDraft } from '../ports.ts';
import type { ApprovalRow, GrantRow } from './approval-store.ts';

/** An approval as clients see it. */
export function approvalOf(row: ApprovalRow): Approval {
  const { inputHash: _, cwd, scope, answeredAt, answeredBy, ...shown } = row;
  return {
    ...shown,
    ...(cwd === null ? {} : { cwd }),
    ...(answeredBy === null ? {} : { answeredBy }),
    ...(answeredAt === null ? {} : { answeredAt }),
    ...(scope === null ? {} : { scope }),
  };
}

/** A grant as clients see it. */
export function grantOf({ cwd, ...shown }: GrantRow): ApprovalGrant {
  return { ...shown, ...(cwd === null ? {} : { cwd }) };
}

/** What everybody who may answer learns of an approval, as it stands in the commit that brings it about. */
export function approvalEvent(row: ApprovalRow, conversation: ConversationRow): UserEventDraft {
  const type = row.state === 'pending' ? 'approval.requested' : 'approval.resolved';
  return { audience: audienceOf(conversation), event: { type, approval: approvalOf(row) } };
}
