import type { TurnMetrics } from '@dispatch/wire';
import type { TurnEventDraft, TurnRow, TurnSeal } from '../ports.ts';
import type { NewPlace } from '../turn/turn-place.ts';
import { checksumOf } from './checksum.ts';
import { placeColumns } from './place-columns.ts';
import type { turn } from './schema.ts';

type TurnRecord = typeof turn.$inferSelect;

/** A stored value that cannot be what was written. Names the row, so that an operator can find it. */
export class DamagedRowError extends Error {
  override readonly name = 'DamagedRowError';

  constructor(row: string, cause?: unknown) {
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

/** True for numbers that count or are times. */
export function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/**
 * Only what a turn cannot do without is asked of its row: id, conversation and state. The rest is empty where it is not what was
 * written, so that a turn can be ended whatever happened to its row.
 */
export function toTurnRow(record: TurnRecord): TurnRow {
  const { id, conversation_id, state } = record;
  if (typeof id !== 'string' || typeof conversation_id !== 'string' || !STATES.has(state)) {
    throw new DamagedRowError(`turn ${String(id)}`);
  }
  return {
    id,
    conversationId: conversation_id,
    state,
    fence: isWhole(record.fence) ? record.fence : 0,
    startedBy: textOr(record.started_by, ''),
    model: textOr(record.model, ''),
    startedAt: isWhole(record.started_at) ? record.started_at : 0,
    sealedAt: isWhole(record.sealed_at) ? record.sealed_at : null,
    reason: textOr(record.reason, null),
    metrics: metricsOr(record.metrics, null),
  };
}

const STATES: ReadonlySet<unknown> = new Set<TurnRow['state']>(['running', 'sealed']);

function textOr<T>(value: unknown, otherwise: T): string | T {
  return typeof value === 'string' ? value : otherwise;
}

function metricsOr<T>(json: unknown, otherwise: T): TurnMetrics | T {
  if (typeof json !== 'string') return otherwise;
  try {
    return JSON.parse(json) as TurnMetrics;
  } catch {
    return otherwise;
  }
}

export function fromTurnRow(row: TurnRow, ordinal: number, place: NewPlace): TurnRecord {
  const { sealedAt, reason, metrics } = row;
  const seal =
    sealedAt === null || reason === null || metrics === null
      ? UNSEALED
      : // Whoever brings a turn that is over already brings no events of it.
        sealColumns(row, { sealedAt, reason, metrics }, 0);
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
    kind: 'primary',
    ...placeColumns({ ...place, turnId: row.id, ordinal }),
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
  checksum: null,
};

/** What a seal writes. The model asked for stands in when the metrics do not say which one answered; `age` is the store's. */
export function sealColumns(
  row: Pick<TurnRow, 'id' | 'conversationId' | 'model'>,
  seal: TurnSeal,
  age: number,
) {
  const { metrics } = seal;
  const written = { sealed_at: seal.sealedAt, reason: seal.reason, metrics: JSON.stringify(metrics) };
  return {
    ...written,
    sealed_age: age,
    answered_model: metrics.model ?? row.model,
    output_tokens: metrics.usage.outputTokens,
    gen_ms: metrics.steps.reduce((sum, step) => sum + (step.genTotalMs ?? 0), 0),
    checksum: checksumOfSeal({ id: row.id, conversation_id: row.conversationId, ...written }),
  };
}

/** Proves that what a seal wrote of a turn is what stands there. */
export function checksumOfSeal(
  record: Pick<TurnRecord, 'id' | 'conversation_id' | 'sealed_at' | 'reason' | 'metrics'>,
): number {
  const { id, conversation_id, sealed_at, reason, metrics } = record;
  return checksumOf(id, conversation_id, sealed_at, reason, metrics);
}
