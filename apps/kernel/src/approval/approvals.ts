import type { ApprovalScope } from '@dispatch/collab-contract';
import type { Principal } from '@dispatch/link';
import { crashPoint } from '../crash-point.ts';
import { actorOf } from '../identity/audit-trail.ts';
import type { Clock, CommitOutcome, IdempotencyKey, Ids, Log, Queries, Store } from '../ports.ts';
import { DamagedRowError } from '../storage/rows.ts';
import { TurnStop } from '../turn/turn-ending.ts';
import { untilAborted } from '../until-aborted.ts';
import { type ActingCall, hashOfCall } from './acting-call.ts';
import { type Answered, answerApproval, expireApproval } from './answer-approval.ts';
import type { ApprovalRow } from './approval-store.ts';
import { approvalEvent } from './approval-view.ts';
import { askApproval } from './ask-approval.ts';
import { beginCall } from './begin-call.ts';
import type { CallGate } from './call-gate.ts';
import { describeCall } from './describe-call.ts';
import { REFUSALS } from './refusals.ts';
import { withdrawMoved } from './withdraw-approvals.ts';

/** How long people have to answer. */
export const EXPIRY_MS = 600_000;
/** Characters of arguments as JSON that a person can be asked to look at; also what their devices are sent. */
export const ASKED_CHARACTERS = 100_000;

/** Everything between a tool call and the people who decide about it. */
export interface Approvals extends CallGate {
  /**
   * An answer of somebody: the first counts. `refused`: there is no such approval for them. A key that was used before gives the outcome of then. Throws
   * `DamagedRowError` when nobody can tell whose the approval is.
   */
  answer(
    principal: Principal,
    approvalId: string,
    answer: { readonly decision: 'allow' | 'deny'; readonly scope?: ApprovalScope },
    idempotency?: IdempotencyKey,
  ): Promise<CommitOutcome<Answered | null>>;
  /** The conversation may have another working directory: what is asked about the one before is taken back. Never rejects; what stays pending runs nothing. */
  moved(conversationId: string): Promise<void>;
}

export interface ApprovalsParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

export function createApprovals({ store, clock, ids, log }: ApprovalsParts): Approvals {
  /** Who waits for which call in this start of the kernel. */
  const waiting = new Map<string, (row: ApprovalRow) => void>();
  const keyOf = ({ turnId, toolCallId }: Pick<ApprovalRow, 'turnId' | 'toolCallId'>) =>
    `${turnId} ${toolCallId}`;
  const wake = (row: ApprovalRow) => waiting.get(keyOf(row))?.(row);

  function asking(call: ActingCall, approval: Parameters<typeof describeCall>[0]): ApprovalRow {
    const askedAt = clock.wall();
    return {
      ...call,
      id: ids.mint('apr'),
      ...describeCall(approval, call),
      inputHash: hashOfCall(call),
      state: 'pending',
      scope: null,
      askedAt,
      expiresAt: askedAt + EXPIRY_MS,
      answeredAt: null,
      answeredBy: null,
    };
  }

  /** Denies what nobody answered. Where that cannot be stored it is denied all the same. */
  async function expire(row: ApprovalRow): Promise<void> {
    let expired: ApprovalRow = { ...row, state: 'expired' };
    try {
      const outcome = await store.commit<ApprovalRow | null>({
        *plan(q) {
          const now = yield* q.approvals.approval(row.id);
          if (now?.state !== 'pending') return { result: now ?? null };
          const { row: after, audit } = yield* expireApproval(q, now, clock.wall());
          const conversation = yield* q.conversation(row.conversationId);
          const userEvents = conversation === undefined ? [] : [approvalEvent(after, conversation)];
          return { result: after, audit, userEvents };
        },
      });
      if (outcome.kind === 'committed') expired = outcome.result ?? expired;
    } catch (error) {
      log.error({ err: error, approvalId: row.id }, 'that an approval expired could not be stored');
    }
    wake(expired);
  }

  /** Waits for the answer to what was asked. Time is measured by the monotonic clock; a restart measures the rest anew. */
  async function answerTo(
    row: ApprovalRow,
    answered: Promise<ApprovalRow>,
    signal: AbortSignal,
  ): Promise<ApprovalRow> {
    if (row.state !== 'pending') return row;
    const leftMs = Math.min(Math.max(row.expiresAt - clock.wall(), 0), EXPIRY_MS);
    const cancel = clock.after(leftMs, () => void expire(row));
    try {
      return await untilAborted(answered, signal);
    } finally {
      cancel();
    }
  }

  return {
    async ask(call, approval, signal) {
      if (JSON.stringify(call.input).length > ASKED_CHARACTERS) return REFUSALS.tooLong;
      const row = asking(call, approval);
      const fence = { turnId: call.turnId, fence: store.fence };
      let answer: (row: ApprovalRow) => void = () => {};
      const answered = new Promise<ApprovalRow>((resolve) => {
        answer = resolve;
      });
      // Before it is stored: the answer may come as soon as it is.
      waiting.set(keyOf(call), answer);
      try {
        crashPoint('before-ask');
        const outcome = await store.commit({ fence, plan: (q) => askApproval(q, row) });
        crashPoint('after-ask');
        if (outcome.kind === 'fenced') throw new TurnStop('fenced');
        if (outcome.kind !== 'committed') return REFUSALS.unasked;
        if (outcome.result === 'moved') return REFUSALS.moved;
        const { state } = await answerTo(outcome.result, answered, signal);
        return state === 'allowed' ? undefined : REFUSALS[state === 'pending' ? 'unapproved' : state];
      } catch (error) {
        if (error instanceof DamagedRowError) return REFUSALS.damaged;
        throw error;
      } finally {
        if (waiting.get(keyOf(call)) === answer) waiting.delete(keyOf(call));
      }
    },

    begin: (call, asks) => beginCall({ store, clock, ids, log }, call, asks),

    async answer(principal, approvalId, { decision, scope = 'once' }, idempotency) {
      const { userId } = principal;
      const actor = actorOf(principal);
      const given = {
        approvalId,
        userId,
        actor,
        decision,
        scope,
        grantId: ids.mint('apg'),
        now: clock.wall(),
      };
      crashPoint('before-answered');
      const outcome = await store.commit({
        ...(idempotency === undefined ? {} : { idempotency }),
        plan: (q) => answerApproval(q, given),
      });
      crashPoint('after-answered');
      if (outcome.kind === 'committed' && outcome.result !== null) {
        for (const row of [outcome.result.row, ...outcome.result.also]) wake(row);
      }
      return outcome;
    },

    async moved(conversationId) {
      try {
        const plan = (q: Queries) => withdrawMoved(q, conversationId, clock.wall());
        const outcome = await store.commit({ plan });
        if (outcome.kind === 'committed') for (const row of outcome.result) wake(row);
      } catch (error) {
        log.error({ err: error, conversationId }, 'what is asked about another directory stays pending');
      }
    },
  };
}
