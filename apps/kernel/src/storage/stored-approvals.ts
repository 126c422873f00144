import type { JsonValue } from '@dispatch/extension-api';
import type { ApprovalRow, EffectRow, GrantRow } from '../approval/approval-store.ts';
import type { approval, approval_grant, effect } from './approval-schema.ts';
import { checksumOf } from './checksum.ts';
import { readJson } from './stored-json.ts';

type ApprovalRecord = typeof approval.$inferSelect;
type GrantRecord = typeof approval_grant.$inferSelect;
type EffectRecord = typeof effect.$inferSelect;

/** Undefined: the row is not what was written. */
export function toApproval(record: ApprovalRecord): ApprovalRow | undefined {
  if (record.checksum !== checksumOfApproval(record)) return undefined;
  const input: JsonValue | undefined = readJson(record.input);
  if (input === undefined) return undefined;
  return {
    id: record.id,
    conversationId: record.conversation_id,
    turnId: record.turn_id,
    toolCallId: record.tool_call_id,
    tool: record.tool,
    input,
    cwd: record.cwd,
    inputHash: record.input_hash,
    summary: record.summary,
    pattern: record.pattern,
    state: record.state,
    scope: record.scope,
    askedAt: record.asked_at,
    expiresAt: record.expires_at,
    answeredAt: record.answered_at,
    answeredBy: record.answered_by,
  };
}

/** Its place is not part of the row for whoever asks, and no part of its checksum. */
export function fromApproval(row: ApprovalRow): Omit<ApprovalRecord, 'ordinal'> {
  const record = {
    id: row.id,
    conversation_id: row.conversationId,
    turn_id: row.turnId,
    tool_call_id: row.toolCallId,
    tool: row.tool,
    input: JSON.stringify(row.input),
    cwd: row.cwd,
    input_hash: row.inputHash,
    summary: row.summary,
    pattern: row.pattern,
    state: row.state,
    scope: row.scope,
    asked_at: row.askedAt,
    expires_at: row.expiresAt,
    answered_at: row.answeredAt,
    answered_by: row.answeredBy,
  };
  return { ...record, checksum: checksumOfApproval(record) };
}

/** Undefined: the row is not what was written. */
export function toGrant(record: GrantRecord): GrantRow | undefined {
  if (record.checksum !== checksumOfGrant(record)) return undefined;
  const { id, conversation_id: conversationId, tool, pattern, cwd } = record;
  const given = { grantedBy: record.granted_by, grantedAt: record.granted_at };
  return { id, conversationId, tool, pattern, cwd, ...given };
}

export function fromGrant(row: GrantRow): GrantRecord {
  const { id, conversationId, tool, pattern, cwd, grantedBy, grantedAt } = row;
  const record = { id, conversation_id: conversationId, tool, pattern, cwd };
  const whole = { ...record, granted_by: grantedBy, granted_at: grantedAt };
  return { ...whole, checksum: checksumOfGrant(whole) };
}

/** Undefined: the row is not what was written. */
export function toEffect(record: EffectRecord): EffectRow | undefined {
  if (record.checksum !== checksumOfEffect(record)) return undefined;
  const { id, conversation_id: conversationId, turn_id: turnId, tool_call_id: toolCallId } = record;
  const { kind, tool, summary, state, at } = record;
  return { id, conversationId, turnId, toolCallId, kind, tool, summary, state, at };
}

export function fromEffect({ conversationId, turnId, toolCallId, ...rest }: EffectRow): EffectRecord {
  const record = { ...rest, conversation_id: conversationId, turn_id: turnId, tool_call_id: toolCallId };
  return { ...record, checksum: checksumOfEffect(record) };
}

const checksumOfApproval = (row: Omit<ApprovalRecord, 'checksum' | 'ordinal'>) =>
  checksumOf(
    ...['approval', row.id, row.conversation_id, row.turn_id, row.tool_call_id, row.tool, row.input],
    ...[row.cwd, row.input_hash, row.summary, row.pattern, row.state, row.scope],
    ...[row.asked_at, row.expires_at, row.answered_at, row.answered_by],
  );

const checksumOfGrant = (row: Omit<GrantRecord, 'checksum'>) =>
  checksumOf(
    ...['grant', row.id, row.conversation_id, row.tool, row.pattern, row.cwd],
    ...[row.granted_by, row.granted_at],
  );

const checksumOfEffect = (row: Omit<EffectRecord, 'checksum'>) =>
  checksumOf(
    ...['effect', row.id, row.conversation_id, row.turn_id, row.tool_call_id],
    ...[row.kind, row.tool, row.summary, row.state, row.at],
  );
