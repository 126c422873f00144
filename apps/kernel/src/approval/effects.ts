import type { Planned, Queries, Rows, Statement } from '../ports.ts';
import { type ActingCall, covers, hashOfCall } from './acting-call.ts';
import type { EffectRow } from './approval-store.ts';

/**
 * Why a call that acts does not run. `again`: it was begun before · `unapproved`: nobody allowed exactly this · `moved`: it was allowed in another directory than the
 * conversation has by now · `revoked`: it was allowed together with others, and that was taken back.
 */
export type NotBegun =
  | { readonly kind: 'again'; readonly state: EffectRow['state'] }
  | { readonly kind: 'unapproved' | 'moved' | 'revoked' };

/**
 * The plan that stands between a call and its tool: a call runs once, whatever happened since it was made, and one that asks first only as it was allowed. Its row
 * says `begun` before anything happens, so that a crash leaves a call whose outcome is unknown and never one that runs again.
 */
export function* beginEffect(
  q: Queries,
  call: ActingCall,
  begun: { readonly id: string; readonly at: number; readonly asks: boolean },
): Generator<Statement, Planned<EffectRow | NotBegun>, Rows> {
  const { conversationId, turnId, toolCallId, tool } = call;
  const before = yield* q.approvals.effectOfCall(turnId, toolCallId);
  if (before !== undefined) return { refused: true, result: { kind: 'again', state: before.state } };
  const approval = yield* q.approvals.approvalOfCall(turnId, toolCallId);
  const isAllowed =
    approval?.state === 'allowed' &&
    approval.conversationId === conversationId &&
    approval.tool === tool &&
    approval.inputHash === hashOfCall(call);
  // What was asked about needs its answer, also where the tool has stopped asking since.
  if (begun.asks || approval !== undefined) {
    if (!isAllowed) return { refused: true, result: { kind: 'unapproved' } };
    const conversation = yield* q.conversation(conversationId);
    if (conversation?.cwd !== call.cwd) return { refused: true, result: { kind: 'moved' } };
    if (approval?.scope === 'conversation') {
      const grants = yield* q.approvals.grants(conversationId);
      if (!grants.some((grant) => covers(grant, approval)))
        return { refused: true, result: { kind: 'revoked' } };
    }
  }
  const summary = approval?.summary ?? tool;
  const { id, at } = begun;
  const row: EffectRow = {
    id,
    conversationId,
    turnId,
    toolCallId,
    kind: 'tool',
    tool,
    summary,
    state: 'begun',
    at,
  };
  yield* q.approvals.insertEffect(row);
  return { result: row };
}
