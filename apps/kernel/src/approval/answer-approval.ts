import type { ApprovalScope } from '@dispatch/collab-contract';
import type { AuditDraft } from '../identity/people-store.ts';
import { mayAnswer } from '../policy/conversation-policy.ts';
import type { Planned, Queries, Rows, Statement } from '../ports.ts';
import type { Step } from '../step.ts';
import { covers } from './acting-call.ts';
import type { ApprovalRow, GrantRow } from './approval-store.ts';
import { approvalEvent } from './approval-view.ts';

/** What somebody answers. */
export interface Answer {
  readonly approvalId: string;
  readonly userId: string;
  /** As the audit trail names them. */
  readonly actor: string;
  readonly decision: 'allow' | 'deny';
  readonly scope: ApprovalScope;
  readonly now: number;
  /** Id of the grant that a lasting answer makes. */
  readonly grantId: string;
}

/** An approval as it stands, and whether this answer made it so. */
export interface Answered {
  readonly row: ApprovalRow;
  readonly applied: boolean;
  /** What waited beside it and is allowed by the same answer. */
  readonly also: readonly ApprovalRow[];
}

/**
 * The plan of an answer. The first one counts; a late one changes nothing but that the approval has expired. Refused with null: there is no such
 * approval for this user.
 */
export function* answerApproval(
  q: Queries,
  answer: Answer,
): Generator<Statement, Planned<Answered | null>, Rows> {
  const { actor, now } = answer;
  const row = yield* q.approvals.approval(answer.approvalId);
  const conversation = row && (yield* q.conversation(row.conversationId));
  if (row === undefined || conversation === undefined || !mayAnswer(answer.userId, conversation)) {
    return { refused: true, result: null };
  }
  if (row.state !== 'pending') return { result: { row, applied: false, also: [] } };
  if (now >= row.expiresAt) {
    const { row: expired, ...rest } = yield* expireApproval(q, row, now);
    return {
      ...rest,
      userEvents: [approvalEvent(expired, conversation)],
      result: { row: expired, applied: false, also: [] },
    };
  }
  const resolved = decided(row, answer);
  yield* q.approvals.changeApproval(resolved);
  const { conversationId, tool, scope } = resolved;
  const audit: AuditDraft[] = [
    { actor, action: `approval.${resolved.state}`, target: row.id, detail: detailOf(resolved) },
  ];
  const also: ApprovalRow[] = [];
  if (scope === 'conversation') {
    const { grant, isNew } = yield* lastingGrant(q, resolved, answer);
    if (isNew)
      audit.push({ actor, action: 'grant.given', target: grant.id, detail: { conversationId, tool } });
    for (const other of yield* q.approvals.pendingApprovals(conversation.ownerId)) {
      if (other.conversationId !== conversationId || now >= other.expiresAt || !covers(grant, other))
        continue;
      const allowed = decided(other, answer);
      yield* q.approvals.changeApproval(allowed);
      also.push(allowed);
      audit.push({ actor, action: 'approval.allowed', target: other.id, detail: detailOf(allowed) });
    }
  }
  return {
    result: { row: resolved, applied: true, also },
    userEvents: [resolved, ...also].map((one) => approvalEvent(one, conversation)),
    audit,
  };
}

/** The grant that covers a call from now on: one that was there, or a new one. */
function* lastingGrant(
  q: Queries,
  row: ApprovalRow,
  { userId: grantedBy, grantId: id, now: grantedAt }: Answer,
): Step<{ readonly grant: GrantRow; readonly isNew: boolean }> {
  const { conversationId, tool, pattern, cwd } = row;
  const grants = yield* q.approvals.grants(conversationId);
  const known = grants.find((one) => covers(one, row));
  if (known !== undefined) return { grant: known, isNew: false };
  if (pattern === null) throw new Error('only what has a pattern is allowed for longer than once');
  const grant: GrantRow = { id, conversationId, tool, pattern, cwd, grantedBy, grantedAt };
  yield* q.approvals.putGrant(grant);
  return { grant, isNew: true };
}

/** What the audit trail keeps of an approval. */
function detailOf({ conversationId, turnId, tool, inputHash, scope }: ApprovalRow) {
  return { conversationId, turnId, tool, inputHash, scope };
}

function decided(row: ApprovalRow, { decision, scope, userId, now }: Answer): ApprovalRow {
  const answered = { ...row, answeredAt: now, answeredBy: userId };
  if (decision === 'deny') return { ...answered, state: 'denied' };
  // What a tool cannot describe cannot be allowed for longer than once.
  return { ...answered, state: 'allowed', scope: row.pattern === null ? 'once' : scope };
}

/** Nobody answered in time. */
export function* expireApproval(
  q: Queries,
  row: ApprovalRow,
  now: number,
): Generator<Statement, { readonly row: ApprovalRow; readonly audit: readonly AuditDraft[] }, Rows> {
  const expired: ApprovalRow = { ...row, state: 'expired', answeredAt: now };
  yield* q.approvals.changeApproval(expired);
  const { conversationId, turnId, tool, inputHash } = row;
  const detail = { conversationId, turnId, tool, inputHash };
  return { row: expired, audit: [{ actor: 'kernel', action: 'approval.expired', target: row.id, detail }] };
}
