import type { ConversationRow, ConversationStatus } from '../ports.ts';
import { DamagedRowError, isWhole } from './rows.ts';
import type { conversation } from './schema.ts';

type ConversationRecord = typeof conversation.$inferSelect;

/** The form titles are searched in: one case and one normal form, because LIKE folds letters differently per database. */
export function foldForSearch(text: string): string {
  return text.normalize('NFC').toLowerCase();
}

/**
 * A row has no checksum: it changes with every turn, and a wrong letter in a title must not take a conversation from its owner. What it
 * holds must still be of the kind that was written.
 */
export function toConversationRow(record: ConversationRecord): ConversationRow {
  const { id, owner_id: ownerId } = record;
  if (typeof id !== 'string' || typeof ownerId !== 'string') {
    throw new DamagedRowError(`conversation ${String(id)}`);
  }
  let damaged = false;
  function kept<T>(value: unknown, fits: (value: unknown) => value is T, otherwise: T): T {
    if (fits(value)) return value;
    damaged = true;
    return otherwise;
  }
  const row = {
    id,
    ownerId,
    title: kept(record.title, isTextOrNull, null),
    model: kept(record.model, isTextOrNull, null),
    fallbackModels: kept(parsed(record.fallback_models), isTexts, []),
    cwd: kept(record.cwd, isTextOrNull, null),
    status: kept(record.status, isStatus, 'idle'),
    closes: kept(record.closes, isWhole, 0),
    createdAt: kept(record.created_at, isWhole, 0),
    lastActivityAt: kept(record.last_activity_at, isWhole, 0),
    activity: kept(record.activity, isWhole, 0),
  };
  return damaged ? { ...row, damaged } : row;
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

const STATUSES: ReadonlySet<unknown> = new Set<ConversationStatus>(['active', 'idle', 'closed']);

const isTextOrNull = (value: unknown): value is string | null => value === null || typeof value === 'string';
const isStatus = (value: unknown): value is ConversationStatus => STATUSES.has(value);
const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((name) => typeof name === 'string');

/** Undefined: it is no JSON. */
function parsed(json: unknown): unknown {
  try {
    return typeof json === 'string' ? JSON.parse(json) : undefined;
  } catch {
    return undefined;
  }
}
