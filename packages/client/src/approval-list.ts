import type { Approval, UserEvent } from '@dispatch/collab-contract';
import type { ApprovalsResponse } from '@dispatch/transport-contract';

/** What waits for an answer of a user, oldest first, as it was at one number of the user's stream. */
export interface ApprovalList {
  /** The log `seq` counts in. */
  readonly epoch: string;
  readonly seq: number;
  readonly approvals: readonly Approval[];
}

/** The list as `GET /approvals` read it. */
export function approvalList({ approvals, epoch, userSeq }: ApprovalsResponse): ApprovalList {
  return { epoch, seq: userSeq, approvals };
}

/**
 * The list after an event of the stream: what the backend would answer now. Events that the list has already change nothing, so that a list may be read while
 * events arrive.
 */
export function applyToApprovals(list: ApprovalList, event: UserEvent, seq: number): ApprovalList {
  if (seq <= list.seq) return list;
  return { ...list, seq, approvals: changed(list.approvals, event) };
}

function changed(approvals: readonly Approval[], event: UserEvent): readonly Approval[] {
  if (event.type !== 'approval.requested' && event.type !== 'approval.resolved') return approvals;
  const others = approvals.filter(({ id }) => id !== event.approval.id);
  return event.type === 'approval.requested' ? [...others, event.approval] : others;
}
