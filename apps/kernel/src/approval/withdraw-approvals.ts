import type { ConversationRow, Planned, Queries, Rows, Statement, Step, UserEventDraft } from '../ports.ts';
import type { ApprovalRow } from './approval-store.ts';
import { approvalEvent } from './approval-view.ts';

/**
 * Takes back what a turn still asks, in the commit that ends the turn: nobody may allow what nobody will run. Gives what users learn of it; nothing where the
 * conversation cannot be read.
 */
export function* withdrawApprovals(
  q: Queries,
  turnId: string,
  conversation: ConversationRow | undefined,
  now: number,
): Step<readonly UserEventDraft[]> {
  const events: UserEventDraft[] = [];
  for (const row of yield* q.approvals.approvalsOfTurn(turnId)) {
    if (row.state !== 'pending') continue;
    const withdrawn = { ...row, state: 'withdrawn', answeredAt: now } as const;
    yield* q.approvals.changeApproval(withdrawn);
    if (conversation !== undefined) events.push(approvalEvent(withdrawn, conversation));
  }
  return events;
}

/**
 * The plan that takes back what the running turn asks about another directory than its conversation has by now: it would not run, whatever the answer. Gives the
 * approvals as they are then.
 */
export function* withdrawMoved(
  q: Queries,
  conversationId: string,
  now: number,
): Generator<Statement, Planned<readonly ApprovalRow[]>, Rows> {
  const conversation = yield* q.conversation(conversationId);
  const turn = yield* q.runningTurn(conversationId);
  if (conversation === undefined || turn === undefined) return { refused: true, result: [] };
  const moved = (yield* q.approvals.approvalsOfTurn(turn.id))
    .filter(({ state, cwd }) => state === 'pending' && cwd !== conversation.cwd)
    .map((row) => ({ ...row, state: 'withdrawn', answeredAt: now }) as const);
  for (const row of moved) yield* q.approvals.changeApproval(row);
  return {
    refused: moved.length === 0,
    result: moved,
    userEvents: moved.map((row) => approvalEvent(row, conversation)),
  };
}
