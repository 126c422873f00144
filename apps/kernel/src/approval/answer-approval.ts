import type { ApprovalScope } from '@dispatch/collab-contract';
import type { AuditDraft } from '../identity/people-store.ts';
import { mayAnswer } from '../policy/conversation-policy.ts';
import type { Planned, Queries, Rows, Statement } from '../ports.ts';
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
  if (row.state !== 'pending') return { result: { row, applied: false } };
  if (now >= row.expiresAt) {
    const { row: expired, ...rest } = yield* expireApproval(q, row, now);
    return {
      ...rest,
      userEvents: [approvalEvent(expired, conversation)],
      result: { row: expired, applied: false },
    };
  }
  const resolved = decided(row, answer);
  yield* q.approvals.changeApproval(resolved);
  const { conversationId, turnId, tool, inputHash, scope } = resolved;
  const detail = { conversationId, turnId, tool, inputHash, scope };
  const audit: AuditDraft[] = [{ actor, action: `approval.${resolved.state}`, target: row.id, detail }];
  const { pattern, cwd } = row;
  const grants = scope === 'conversation' ? yield* q.approvals.grants(conversationId) : [];
  const isGranted = grants.some((one) => covers(one, row));
  if (scope === 'conversation' && pattern !== null && !isGranted) {
    const { userId: grantedBy, grantId: id } = answer;
    const grant: GrantRow = { id, conversationId, tool, pattern, cwd, grantedBy, grantedAt: now };
    yield* q.approvals.putGrant(grant);
    audit.push({ actor, action: 'grant.given', target: id, detail: { conversationId, tool } });
  }
  return {
    result: { row: resolved, applied: true },
    userEvents: [approvalEvent(resolved, conversation)],
    audit,
  };
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
