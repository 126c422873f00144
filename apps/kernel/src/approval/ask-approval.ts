import type { Planned, Queries, Rows, Statement } from '../ports.ts';
import { covers } from './acting-call.ts';
import type { ApprovalRow } from './approval-store.ts';
import { approvalEvent } from './approval-view.ts';

/**
 * The plan that asks people about a call: stored, told to everybody who may answer, all in one commit. A call that was asked before keeps its answer; one that
 * somebody allowed for the whole conversation is allowed at once, and nobody is asked. `moved`: the conversation has another directory by now, so that nobody
 * is asked, or any more.
 */
export function* askApproval(
  q: Queries,
  asking: ApprovalRow,
): Generator<Statement, Planned<ApprovalRow | 'moved'>, Rows> {
  const { id, conversationId, turnId, toolCallId, tool, inputHash } = asking;
  const known = yield* q.approvals.approvalOfCall(turnId, toolCallId);
  // What began or was answered is told as what it is, wherever the conversation is now.
  if (known !== undefined && known.state !== 'pending') return { result: known };
  const conversation = yield* q.conversation(conversationId);
  if (conversation === undefined)
    throw new Error(`a call asks in conversation ${conversationId}, which is not`);
  if (conversation.cwd !== asking.cwd) {
    if (known === undefined) return { result: 'moved' };
    const withdrawn: ApprovalRow = { ...known, state: 'withdrawn', answeredAt: asking.askedAt };
    yield* q.approvals.changeApproval(withdrawn);
    return { result: 'moved', userEvents: [approvalEvent(withdrawn, conversation)] };
  }
  if (known !== undefined) return { result: known };
  const grants = yield* q.approvals.grants(conversationId);
  const grant = grants.find((one) => covers(one, asking));
  if (grant === undefined) {
    yield* q.approvals.insertApproval(asking);
    return { result: asking, userEvents: [approvalEvent(asking, conversation)] };
  }
  const allowed: ApprovalRow = {
    ...asking,
    state: 'allowed',
    scope: 'conversation',
    answeredAt: asking.askedAt,
    answeredBy: grant.grantedBy,
  };
  yield* q.approvals.insertApproval(allowed);
  const detail = { conversationId, turnId, tool, inputHash, grantId: grant.id };
  return {
    result: allowed,
    audit: [{ actor: 'kernel', action: 'approval.granted', target: id, detail }],
  };
}
