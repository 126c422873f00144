import type { OnDamagedRow } from './store-damage.ts';

/** The readable ones of `records`; `read` gives undefined for what is not what was written, which is told as `kind` with its id. */
export type WholeRows = <Record extends { readonly id: string }, Row>(
  records: readonly Record[],
  kind: string,
  read: (record: Record) => Row | undefined,
) => Row[];

export function wholeRows(onDamaged: OnDamagedRow): WholeRows {
  return (records, kind, read) =>
    records.flatMap((record) => {
      const row = read(record);
      if (row === undefined) onDamaged(`${kind} ${String(record.id)}`);
      return row === undefined ? [] : [row];
    });
}
