import { and, asc, eq, getTableColumns, sql } from 'drizzle-orm';
import type { ApprovalQueries, ApprovalRow, EffectRow, GrantRow } from '../approval/approval-store.ts';
import type { Step } from '../ports.ts';
import { APPROVAL_STREAM, advanceHead } from './heads.ts';
import { DamagedRowError } from './rows.ts';
import { approval, approval_grant, conversation, effect } from './schema.ts';
import { build, changing, reading, rowsOf, slot, slots } from './statements.ts';
import type { OnDamagedRow } from './store-damage.ts';
import { fromApproval, fromEffect, fromGrant, toApproval, toEffect, toGrant } from './stored-approvals.ts';
import { wholeRows } from './whole-rows.ts';

/** Spelled out, not bound, so that any planner sees that the index of what waits answers it. */
const isPending = sql`${approval.state} = 'pending'`;

const approvalById = reading(
  build
    .select()
    .from(approval)
    .where(eq(approval.id, slot('id'))),
);
const approvalByCall = reading(
  build
    .select()
    .from(approval)
    .where(and(eq(approval.turn_id, slot('turn_id')), eq(approval.tool_call_id, slot('tool_call_id')))),
);
const approvalsOfTurn = reading(
  build
    .select()
    .from(approval)
    .where(eq(approval.turn_id, slot('turn_id'))),
);
const pendingOfOwner = reading(
  build
    .select(getTableColumns(approval))
    .from(approval)
    .innerJoin(conversation, eq(conversation.id, approval.conversation_id))
    .where(and(isPending, eq(conversation.owner_id, slot('owner_id'))))
    .orderBy(asc(approval.ordinal)),
);
const newApproval = changing(build.insert(approval).values(slots(getTableColumns(approval))));
const { id: _, ordinal: __, ...changeable } = getTableColumns(approval);
const changedApproval = changing(
  build
    .update(approval)
    .set(filled(changeable))
    .where(eq(approval.id, slot('id'))),
);
const grantsOf = reading(
  build
    .select()
    .from(approval_grant)
    .where(eq(approval_grant.conversation_id, slot('conversation_id')))
    .orderBy(asc(approval_grant.granted_at), asc(approval_grant.id)),
);
const newGrant = changing(build.insert(approval_grant).values(slots(getTableColumns(approval_grant))));
const effectByCall = reading(
  build
    .select()
    .from(effect)
    .where(and(eq(effect.turn_id, slot('turn_id')), eq(effect.tool_call_id, slot('tool_call_id')))),
);
const effectsOfTurn = reading(
  build
    .select()
    .from(effect)
    .where(eq(effect.turn_id, slot('turn_id'))),
);
const newEffect = changing(build.insert(effect).values(slots(getTableColumns(effect))));
const changedEffect = changing(
  build
    .update(effect)
    .set({ state: sql`${slot('state')}`, checksum: sql`${slot('checksum')}` })
    .where(eq(effect.id, slot('id'))),
);

function filled<T extends Readonly<Record<string, unknown>>>(columns: T) {
  const names = Object.keys(columns) as (keyof T & string)[];
  return Object.fromEntries(names.map((name) => [name, sql`${slot(name)}`]));
}

/** What plans may ask and change of calls that act. What is not what was written is told to `onDamaged`. */
export function approvalQueries(onDamaged: OnDamagedRow): ApprovalQueries {
  const whole = wholeRows(onDamaged);
  return {
    *approval(id) {
      return whole(yield* approvalById({ id }), 'approval', toApproval)[0];
    },
    *approvalsOfTurn(turnId) {
      const records = yield* approvalsOfTurn({ turn_id: turnId });
      return whole(
        [...records].sort((a, b) => a.ordinal - b.ordinal),
        'approval',
        toApproval,
      );
    },
    *pendingApprovals(ownerId) {
      return whole(yield* pendingOfOwner({ owner_id: ownerId }), 'approval', toApproval);
    },
    *approvalOfCall(turnId, toolCallId) {
      const [record] = yield* approvalByCall({ turn_id: turnId, tool_call_id: toolCallId });
      return record && certain(record, 'approval', toApproval);
    },
    *insertApproval(row: ApprovalRow): Step<void> {
      const ordinal = yield* advanceHead(APPROVAL_STREAM, 1);
      yield* newApproval({ ...fromApproval(row), ordinal });
    },
    changeApproval: (row) => changedApproval(fromApproval(row)),
    *grants(conversationId) {
      return whole(yield* grantsOf({ conversation_id: conversationId }), 'grant', toGrant);
    },
    putGrant: (row: GrantRow) => newGrant(fromGrant(row)),
    *deleteGrant(conversationId, id) {
      const gone = yield* rowsOf(
        build
          .delete(approval_grant)
          .where(and(eq(approval_grant.id, id), eq(approval_grant.conversation_id, conversationId)))
          .returning({ id: approval_grant.id }),
      );
      return gone.length > 0;
    },
    *effectOfCall(turnId, toolCallId) {
      const [record] = yield* effectByCall({ turn_id: turnId, tool_call_id: toolCallId });
      return record && certain(record, 'effect', toEffect);
    },
    *effectsOfTurn(turnId) {
      return whole(yield* effectsOfTurn({ turn_id: turnId }), 'effect', toEffect);
    },
    insertEffect: (row: EffectRow) => newEffect(fromEffect(row)),
    changeEffect: (row: EffectRow) => changedEffect(fromEffect(row)),
  };
}

function certain<Record extends { readonly id: string }, Row>(
  record: Record,
  kind: string,
  read: (record: Record) => Row | undefined,
): Row {
  const row = read(record);
  if (row === undefined) throw new DamagedRowError(`${kind} ${String(record.id)}`);
  return row;
}
