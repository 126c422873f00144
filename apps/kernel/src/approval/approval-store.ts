import type { ApprovalScope, ApprovalState } from '@dispatch/collab-contract';
import type { JsonValue } from '@dispatch/extension-api';
import type { Step } from '../step.ts';

/** A tool call that waited for a person, or waits. */
export interface ApprovalRow {
  readonly id: string;
  readonly conversationId: string;
  readonly turnId: string;
  readonly toolCallId: string;
  readonly tool: string;
  readonly input: JsonValue;
  /** Directory the call will be run in. Null: none. */
  readonly cwd: string | null;
  /** Of `input` in canonical form and `cwd`: what the answer is good for. */
  readonly inputHash: string;
  readonly summary: string;
  /** Null: it can only be allowed once. */
  readonly pattern: string | null;
  readonly state: ApprovalState;
  /** Null unless it was allowed. */
  readonly scope: ApprovalScope | null;
  readonly askedAt: number;
  readonly expiresAt: number;
  /** Null while it is pending. */
  readonly answeredAt: number | null;
  /** Null: nobody answered. */
  readonly answeredBy: string | null;
}

/** Calls of a tool with a pattern that are allowed in a conversation without asking, as long as they run in this directory. */
export interface GrantRow {
  readonly id: string;
  readonly conversationId: string;
  readonly tool: string;
  readonly pattern: string;
  /** Null: none. */
  readonly cwd: string | null;
  readonly grantedBy: string;
  readonly grantedAt: number;
}

/** One call of a tool that acts. */
export interface EffectRow {
  readonly id: string;
  readonly conversationId: string;
  readonly turnId: string;
  readonly toolCallId: string;
  readonly kind: 'tool';
  readonly tool: string;
  /** One line: what it does. */
  readonly summary: string;
  /** `begun`, and nothing after it: the outcome is unknown. */
  readonly state: 'begun' | 'done' | 'failed';
  /** When it was begun. */
  readonly at: number;
}

/** What a plan may ask about calls that act. A row that is not what was written is told and counts as none, unless it says otherwise. */
export interface ApprovalSteps {
  approval(id: string): Step<ApprovalRow | undefined>;
  /** In the order they were asked. */
  approvalsOfTurn(turnId: string): Step<readonly ApprovalRow[]>;
  /** Those that wait in conversations of this owner, in the order they were asked. */
  pendingApprovals(ownerId: string): Step<readonly ApprovalRow[]>;
  effectsOfTurn(turnId: string): Step<readonly EffectRow[]>;
  /** Oldest first. */
  grants(conversationId: string): Step<readonly GrantRow[]>;
}

/** What a plan may ask and change of them. */
export interface ApprovalQueries extends ApprovalSteps {
  /** Throws `DamagedRowError` when the row is not what was written: nobody may take the call for one that was never asked. */
  approvalOfCall(turnId: string, toolCallId: string): Step<ApprovalRow | undefined>;
  insertApproval(row: ApprovalRow): Step<void>;
  /** Replaces a row by its id. */
  changeApproval(row: ApprovalRow): Step<void>;
  putGrant(row: GrantRow): Step<void>;
  /** False: the conversation has no such grant. */
  deleteGrant(conversationId: string, id: string): Step<boolean>;
  /** Throws `DamagedRowError` when the row is not what was written: the call may have begun. */
  effectOfCall(turnId: string, toolCallId: string): Step<EffectRow | undefined>;
  insertEffect(row: EffectRow): Step<void>;
  /** Replaces a row by its id. */
  changeEffect(row: EffectRow): Step<void>;
}

/** What waits for one user, and the newest number of their stream, of one moment. */
export interface PendingPage {
  readonly rows: readonly ApprovalRow[];
  readonly userSeq: number;
}

/** The same questions outside a commit. */
export type ApprovalReads = {
  readonly [Name in Exclude<keyof ApprovalSteps, 'pendingApprovals'>]: ApprovalSteps[Name] extends (
    ...given: infer Given
  ) => Step<infer Row>
    ? (...given: Given) => Promise<Row>
    : never;
} & { pendingApprovals(ownerId: string): Promise<PendingPage> };
