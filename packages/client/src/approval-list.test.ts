import type { Approval, UserEvent } from '@dispatch/collab-contract';
import { approvalFixtures, userEventFixtures } from '@dispatch/collab-contract/fixtures';
import { describe, expect, it } from 'vitest';
import { type ApprovalList, applyToApprovals, approvalList } from './approval-list.ts';

const waiting = (id: string): Approval => ({ ...approvalFixtures.pending, id });
const requested = (id: string): UserEvent => ({ type: 'approval.requested', approval: waiting(id) });
const resolved = (id: string): UserEvent => ({
  type: 'approval.resolved',
  approval: { ...approvalFixtures.allowed, id },
});
const list = (...approvals: readonly Approval[]): ApprovalList =>
  approvalList({ approvals, epoch: 'e', userSeq: 5 });
const ids = ({ approvals }: ApprovalList) => approvals.map(({ id }) => id).join('');

describe('the list of approvals', () => {
  it('R1: has what it was read with, and takes each later event once', () => {
    const start = list(waiting('a'));
    expect(applyToApprovals(start, requested('b'), 5)).toBe(start);
    const next = applyToApprovals(start, requested('b'), 6);
    expect([next.seq, ids(next)]).toEqual([6, 'ab']);
    expect(applyToApprovals(next, requested('b'), 6)).toBe(next);
  });

  it('ST3: loses what was resolved, by whomever, and nothing else', () => {
    const start = list(waiting('a'), waiting('b'));
    expect(ids(applyToApprovals(start, resolved('a'), 6))).toBe('b');
    expect(ids(applyToApprovals(start, resolved('z'), 6))).toBe('ab');
    const other = applyToApprovals(start, userEventFixtures['conversation.closed'], 6);
    expect([other.seq, ids(other)]).toEqual([6, 'ab']);
  });
});
