import { createHash } from 'node:crypto';
import { asc, desc, getTableColumns, gt } from 'drizzle-orm';
import type { AuditDraft, AuditPage, AuditPlace, AuditRow } from '../identity/people-store.ts';
import type { Step } from '../ports.ts';
import { AUDIT_STREAM, headOf, setHead } from './heads.ts';
import { isWhole } from './rows.ts';
import { audit } from './schema.ts';
import { build, changing, reading, slot, slots } from './statements.ts';
import { readJson } from './stored-json.ts';

type AuditRecord = typeof audit.$inferSelect;

/** The hash "before" the first row. */
const CHAIN_START = '';
/** Rows that are read at once when the trail is verified. */
const PAGE = 500;

const newRow = changing(build.insert(audit).values(slots(getTableColumns(audit))));
const newest = reading(
  build
    .select({ seq: audit.seq, hash: audit.hash })
    .from(audit)
    .where(gt(audit.seq, 0))
    .orderBy(desc(audit.seq))
    .limit(1),
);
const rowsAfter = reading(
  build
    .select()
    .from(audit)
    .where(gt(audit.seq, slot('since')))
    .orderBy(asc(audit.seq))
    .limit(slot('limit')),
);

/** Adds rows behind the last one, in the order of the list. */
export function* appendAudit(drafts: readonly AuditDraft[], at: number): Step<void> {
  if (drafts.length === 0) return;
  const [last] = yield* newest({});
  // A trail that lost its end goes on behind the number it had, so that the gap stays to be seen.
  let seq = yield* auditHead();
  let before = last?.hash ?? CHAIN_START;
  for (const { actor, action, target, detail } of drafts) {
    seq += 1;
    const row = { seq, at, actor, action, target, detail: JSON.stringify(detail) };
    before = hashOf(before, row);
    yield* newRow({ ...row, hash: before });
  }
  yield* setHead(AUDIT_STREAM, seq);
}

/** Rows above `since`, in order, as they stand there: a trail is shown whole, and verified apart. */
export function* auditAfter(since: number, limit: number): Step<AuditRow[]> {
  const records = yield* rowsAfter({ since, limit });
  return records.map(toRow);
}

/** Number of the last row that is there or was; 0 before the first. */
export function* auditHead(): Step<number> {
  const [last] = yield* newest({});
  return Math.max(last?.seq ?? 0, (yield* headOf(AUDIT_STREAM)) ?? 0);
}

/** Recomputes the hash of every row of a page at a time, from the row behind `from`. `next` is absent when it has seen all of them. */
export function* verifyAuditPage(from: AuditPlace = { seq: 0, hash: CHAIN_START }): Step<AuditPage> {
  const head = (yield* headOf(AUDIT_STREAM)) ?? 0;
  let { seq, hash } = from;
  const records = yield* rowsAfter({ since: seq, limit: PAGE });
  for (const record of records) {
    hash = hashOf(hash, record);
    seq += 1;
    if (record.seq !== seq || record.hash !== hash) return { report: { head, damagedAt: seq } };
  }
  if (records.length === PAGE) return { report: { head }, next: { seq, hash } };
  return { report: seq < head ? { head, damagedAt: seq + 1 } : { head } };
}

/** Each field is led by its length, so that moving a byte from one to the next changes the hash. */
function hashOf(before: string, row: Omit<AuditRecord, 'hash'>): string {
  const hash = createHash('sha256');
  const { seq, at, actor, action, target, detail } = row;
  for (const field of [before, seq, at, actor, action, target ?? '', detail]) {
    const text = String(field);
    hash.update(`${Buffer.byteLength(text)}:`).update(text);
  }
  return hash.digest('hex');
}

function toRow({ seq, at, actor, action, target, detail, hash }: AuditRecord): AuditRow {
  const value = typeof detail === 'string' ? readJson(detail) : undefined;
  return {
    seq,
    at: isWhole(at) ? at : 0,
    actor: String(actor),
    action: String(action),
    target: target === null ? null : String(target),
    detail: isDetail(value) ? value : {},
    hash: String(hash),
  };
}

function isDetail(value: unknown): value is AuditRow['detail'] {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
