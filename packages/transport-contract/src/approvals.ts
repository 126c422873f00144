import type { Approval, ApprovalScope } from '@dispatch/collab-contract';

/**
 * `GET /approvals`: what waits for an answer the caller may give, oldest first.
 *
 * @since 0.14.0
 */
export interface ApprovalsResponse {
  readonly approvals: readonly Approval[];
  /** The log `userSeq` counts in. */
  readonly epoch: string;
  /** Newest number of the caller's stream when this was read: the events above it tell what changed since. */
  readonly userSeq: number;
}

/**
 * Body of `POST /approvals/:approvalId`.
 *
 * @since 0.14.0
 */
export interface AnswerApprovalRequest {
  readonly decision: 'allow' | 'deny';
  /** Of an `allow`. Absent: `once`. */
  readonly scope?: ApprovalScope;
}

/**
 * Answer of `POST /approvals/:approvalId`.
 *
 * @since 0.14.0
 */
export interface AnswerApprovalResponse {
  /** As it stands now. */
  readonly approval: Approval;
  /** False: it was resolved before, and this answer changed nothing. */
  readonly applied: boolean;
}

/**
 * A lasting answer: calls of this tool with this pattern are allowed in this conversation and this directory without asking.
 *
 * @since 0.14.0
 */
export interface ApprovalGrant {
  /** `apg_…`, opaque. */
  readonly id: string;
  readonly conversationId: string;
  /** Name of the tool. */
  readonly tool: string;
  readonly pattern: string;
  /** Working directory it is good in; in another one calls ask again. Absent: it was given while there was none. */
  readonly cwd?: string;
  /** User that gave it. */
  readonly grantedBy: string;
  /** Epoch milliseconds. */
  readonly grantedAt: number;
}

/**
 * `GET /conversations/:id/grants`: oldest first.
 *
 * @since 0.14.0
 */
export interface GrantsResponse {
  readonly conversationId: string;
  readonly grants: readonly ApprovalGrant[];
}
