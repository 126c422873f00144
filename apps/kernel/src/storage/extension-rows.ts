import { and, asc, eq, getTableColumns, gt, gte, lt } from 'drizzle-orm';
import type { StoredExtensionRow } from '../extension/extension-store.ts';
import type { Step } from '../ports.ts';
import { checksumOf } from './checksum.ts';
import { isWhole } from './rows.ts';
import { extension_row } from './schema.ts';
import { build, changing, reading, rowsOf, slot, slots } from './statements.ts';
import type { OnDamagedRow } from './store-damage.ts';
import { readJson } from './stored-json.ts';
import { excluded } from './upsert.ts';

type RowRecord = typeof extension_row.$inferSelect;

const columns = getTableColumns(extension_row);
const thisRow = and(eq(columns.extension_id, slot('extension_id')), eq(columns.key, slot('key')));
const stored = reading(build.select().from(extension_row).where(thisRow));
const written = changing(
  build
    .insert(extension_row)
    .values(slots(columns))
    .onConflictDoUpdate({ target: [columns.extension_id, columns.key], set: excluded(columns) }),
);
const deleted = changing(build.delete(extension_row).where(thisRow));

/** Undefined: there is none, or it is damaged, which is told. */
export function* extensionRow(
  extensionId: string,
  key: string,
  onDamaged: OnDamagedRow,
): Step<StoredExtensionRow | undefined> {
  const [record] = yield* stored({ extension_id: extensionId, key });
  return record && readRow(extensionId, record, onDamaged, key);
}

/** The first `limit` readable rows whose key starts with `prefix` and stands behind `after`, in the order of code points. */
export function* extensionRows(
  extensionId: string,
  prefix: string,
  { after, limit }: { readonly after?: string; readonly limit: number },
  onDamaged: OnDamagedRow,
): Step<StoredExtensionRow[]> {
  const readable: StoredExtensionRow[] = [];
  const end = behindAllWith(prefix);
  let last = after;
  for (;;) {
    const wanted = limit - readable.length;
    if (wanted <= 0) return readable;
    const isInside = last !== undefined && !isBefore(last, prefix);
    const records = yield* rowsOf(
      build
        .select()
        .from(extension_row)
        .where(
          and(
            eq(columns.extension_id, extensionId),
            isInside ? gt(columns.key, last ?? '') : gte(columns.key, prefix),
            end === undefined ? undefined : lt(columns.key, end),
          ),
        )
        .orderBy(asc(columns.key))
        .limit(wanted),
    );
    for (const record of records) readable.push(...asList(readRow(extensionId, record, onDamaged)));
    const { key } = records.at(-1) ?? {};
    // A key that is no text stands behind all that are.
    if (records.length < wanted || typeof key !== 'string') return readable;
    last = key;
  }
}

/** Inserts the row as version 1, or replaces it with the version behind the one it has. A damaged one counts as none. */
export function* putExtensionRow(
  extensionId: string,
  key: string,
  value: unknown,
  onDamaged: OnDamagedRow,
): Step<void> {
  const before = yield* extensionRow(extensionId, key, onDamaged);
  const row = {
    extension_id: extensionId,
    key,
    body: JSON.stringify(value),
    version: (before?.version ?? 0) + 1,
  };
  yield* written({ ...row, checksum: checksumOfRow(row) });
}

export const deleteExtensionRow = (extensionId: string, key: string): Step<void> =>
  deleted({ extension_id: extensionId, key });

function readRow(
  extensionId: string,
  record: RowRecord,
  onDamaged: OnDamagedRow,
  asked: string = record.key,
): StoredExtensionRow | undefined {
  const { extension_id, key, body, version } = record;
  const isTyped = typeof key === 'string' && typeof body === 'string' && isWhole(version);
  const isHere = extension_id === extensionId && key === asked;
  if (isTyped && isHere && record.checksum === checksumOfRow(record)) {
    const value = readJson(body);
    if (value !== undefined) return { key, value, version };
  }
  onDamaged(`row ${JSON.stringify(String(asked))} of extension ${extensionId}`);
  return undefined;
}

function checksumOfRow({ extension_id, key, body, version }: Omit<RowRecord, 'checksum'>): number {
  return checksumOf(extension_id, key, body, version);
}

const asList = <T>(value: T | undefined): readonly T[] => (value === undefined ? [] : [value]);

/** As the database compares texts, which is not how strings are compared here. */
const isBefore = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0;

const FIRST_SURROGATE = 0xd800;
const BEHIND_SURROGATES = 0xe000;
const LAST_CODE_POINT = 0x10ffff;

/** The first text behind all that start with `prefix`. Undefined: there is none. */
function behindAllWith(prefix: string): string | undefined {
  const characters = Array.from(prefix);
  for (let last = characters.pop(); last !== undefined; last = characters.pop()) {
    const next = Number(last.codePointAt(0)) + 1;
    if (next > LAST_CODE_POINT) continue;
    characters.push(String.fromCodePoint(next === FIRST_SURROGATE ? BEHIND_SURROGATES : next));
    return characters.join('');
  }
  return undefined;
}
