import type { TurnMetrics } from '@dispatch/wire';
import type { ConversationRow, TurnEventDraft, TurnRow, TurnSeal } from '../ports.ts';
import type { conversation, turn } from './schema.ts';

type ConversationRecord = typeof conversation.$inferSelect;
type TurnRecord = typeof turn.$inferSelect;

/** A stored value that cannot be what was written. Names the row, so that an operator can find it. */
export class DamagedRowError extends Error {
  override readonly name = 'DamagedRowError';

  constructor(row: string, cause: unknown) {
    super(`A stored row is damaged: ${row}`, { cause });
  }
}

/** Some events of a turn are missing or are not what was written. The rest of the selection is in the error. */
export class DamagedEventsError extends Error {
  override readonly name = 'DamagedEventsError';
  readonly turnId: string;
  /** The selection without the damaged events, ascending. */
  readonly readable: readonly TurnEventDraft[];
  /** Highest index of the selection, readable or not. */
  readonly lastN: number;

  constructor(turnId: string, readable: readonly TurnEventDraft[], lastN: number, cause: unknown) {
    super(`Turn ${turnId} has damaged events up to index ${lastN}`, { cause });
    this.turnId = turnId;
    this.readable = readable;
    this.lastN = lastN;
  }
}

/** Parses JSON that we wrote ourselves; `row` names its place for the error. */
export function parseStored<T>(json: string, row: string): T {
  try {
    return JSON.parse(json) as T;
  } catch (error) {
    throw new DamagedRowError(row, error);
  }
}

/** The form titles are searched in: one case and one normal form, because LIKE folds letters differently per database. */
export function foldForSearch(text: string): string {
  return text.normalize('NFC').toLowerCase();
}

export function toConversationRow(record: ConversationRecord): ConversationRow {
  return {
    id: record.id,
    ownerId: record.owner_id,
    title: record.title,
    model: record.model,
    fallbackModels: parseStored(record.fallback_models, `conversation ${record.id}`),
    cwd: record.cwd,
    status: record.status,
    closes: record.closes,
    createdAt: record.created_at,
    lastActivityAt: record.last_activity_at,
    activity: record.activity,
  };
}

export function fromConversationRow(row: ConversationRow): ConversationRecord {
  return {
    id: row.id,
    owner_id: row.ownerId,
    title: row.title,
    title_folded: row.title === null ? null : foldForSearch(row.title),
    model: row.model,
    fallback_models: JSON.stringify(row.fallbackModels),
    cwd: row.cwd,
    status: row.status,
    closes: row.closes,
    created_at: row.createdAt,
    last_activity_at: row.lastActivityAt,
    activity: row.activity,
  };
}

export function toTurnRow(record: TurnRecord): TurnRow {
  return {
    id: record.id,
    conversationId: record.conversation_id,
    state: record.state,
    fence: record.fence,
    startedBy: record.started_by,
    model: record.model,
    startedAt: record.started_at,
    sealedAt: record.sealed_at,
    reason: record.reason,
    metrics:
      record.metrics === null
        ? null
        : parseStored<TurnMetrics>(record.metrics, `metrics of turn ${record.id}`),
  };
}

export function fromTurnRow(row: TurnRow, ordinal: number): TurnRecord {
  const { sealedAt, reason, metrics } = row;
  const seal =
    sealedAt === null || reason === null || metrics === null
      ? UNSEALED
      : // Whoever brings a turn that is over already brings no events of it.
        sealColumns({ sealedAt, reason, metrics }, { asked: row.model, age: 0 });
  return {
    id: row.id,
    conversation_id: row.conversationId,
    ordinal,
    state: row.state,
    fence: row.fence,
    started_by: row.startedBy,
    model: row.model,
    started_at: row.startedAt,
    ...seal,
    events: 'kept',
  };
}

const UNSEALED = {
  sealed_at: null,
  sealed_age: null,
  reason: null,
  metrics: null,
  answered_model: null,
  output_tokens: null,
  gen_ms: null,
};

/** What a seal writes; `asked` stands in when the metrics do not say which model answered, `age` is the store's. */
export function sealColumns(
  seal: TurnSeal,
  { asked, age }: { readonly asked: string; readonly age: number },
) {
  const { metrics } = seal;
  return {
    sealed_at: seal.sealedAt,
    sealed_age: age,
    reason: seal.reason,
    metrics: JSON.stringify(metrics),
    answered_model: metrics.model ?? asked,
    output_tokens: metrics.usage.outputTokens,
    gen_ms: metrics.steps.reduce((sum, step) => sum + (step.genTotalMs ?? 0), 0),
  };
}
