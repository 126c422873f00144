import { type SQL, sql } from 'drizzle-orm';

/** What an insert that meets its own key replaces: every one of these columns, with what was to be inserted. */
export function excluded<T extends Readonly<Record<string, unknown>>>(columns: T): Record<keyof T, SQL> {
  const names = Object.keys(columns) as (keyof T & string)[];
  return Object.fromEntries(names.map((name) => [name, sql`excluded.${sql.identifier(name)}`])) as Record<
    keyof T,
    SQL
  >;
}
