import type { ConversationRow, Queries, Step, UserEventDraft } from '../ports.ts';
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
