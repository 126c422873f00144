import type {
  ApprovalQueries,
  ApprovalReads,
  ApprovalRow,
  EffectRow,
  GrantRow,
} from '../../approval/approval-store.ts';
import type { Step } from '../../ports.ts';

/** What is kept of calls that act, as it survives a restart. */
export interface ApprovalTables {
  approvals: ApprovalRow[];
  effects: EffectRow[];
  grants: GrantRow[];
}

export const noApprovalTables = (): ApprovalTables => ({ approvals: [], effects: [], grants: [] });

/** The same questions over rows in memory. `tables` is read at each use; `ask` answers inside a plan. */
export function memoryApprovals(
  tables: () => ApprovalTables,
  ask: <T>(answer: () => T) => Step<T>,
  ownerOf: (conversationId: string) => string | undefined,
): { readonly queries: ApprovalQueries; readonly reads: ApprovalReads } {
  const find = {
    approval: (id: string) => tables().approvals.find((row) => row.id === id),
    approvalsOfTurn: (turnId: string) => tables().approvals.filter((row) => row.turnId === turnId),
    effectsOfTurn: (turnId: string) => tables().effects.filter((row) => row.turnId === turnId),
    grants: (conversationId: string) =>
      tables().grants.filter((row) => row.conversationId === conversationId),
    pendingApprovals: (ownerId: string) =>
      tables().approvals.filter((row) => row.state === 'pending' && ownerOf(row.conversationId) === ownerId),
  };
  const ofCall =
    (turnId: string, toolCallId: string) =>
    (row: { readonly turnId: string; readonly toolCallId: string }): boolean =>
      row.turnId === turnId && row.toolCallId === toolCallId;
  const replaced = <Row extends { readonly id: string }>(rows: readonly Row[], next: Row) =>
    rows.map((row) => (row.id === next.id ? next : row));
  return {
    queries: {
      approval: (id) => ask(() => find.approval(id)),
      approvalsOfTurn: (turnId) => ask(() => find.approvalsOfTurn(turnId)),
      effectsOfTurn: (turnId) => ask(() => find.effectsOfTurn(turnId)),
      grants: (conversationId) => ask(() => find.grants(conversationId)),
      pendingApprovals: (ownerId) => ask(() => find.pendingApprovals(ownerId)),
      approvalOfCall: (...call) => ask(() => tables().approvals.find(ofCall(...call))),
      effectOfCall: (...call) => ask(() => tables().effects.find(ofCall(...call))),
      insertApproval: (row) => ask(() => void tables().approvals.push(row)),
      insertEffect: (row) => ask(() => void tables().effects.push(row)),
      putGrant: (row) => ask(() => void tables().grants.push(row)),
      changeApproval: (row) =>
        ask(() => {
          tables().approvals = replaced(tables().approvals, row);
        }),
      changeEffect: (row) =>
        ask(() => {
          tables().effects = replaced(tables().effects, row);
        }),
      deleteGrant: (conversationId, id) =>
        ask(() => {
          const left = tables().grants.filter(
            (row) => row.id !== id || row.conversationId !== conversationId,
          );
          const isGone = left.length < tables().grants.length;
          tables().grants = left;
          return isGone;
        }),
    },
    reads: {
      approval: async (id) => find.approval(id),
      approvalsOfTurn: async (turnId) => find.approvalsOfTurn(turnId),
      effectsOfTurn: async (turnId) => find.effectsOfTurn(turnId),
      grants: async (conversationId) => find.grants(conversationId),
      pendingApprovals: async (ownerId) => ({ rows: find.pendingApprovals(ownerId), userSeq: 0 }),
    },
  };
}
