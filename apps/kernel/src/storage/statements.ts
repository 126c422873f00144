import type { SQL } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import type { Step } from '../ports.ts';

/** Builds statements and holds no connection: whoever drives a step compiles and runs what it yields. */
export const build = drizzle.mock();

interface TypedStatement {
  readonly _: { readonly result: unknown };
  getSQL(): SQL;
}

/** Rows of a built statement. Its type holds for raw rows too, because columns and properties have the same names. */
export function* rowsOf<Q extends TypedStatement>(statement: Q): Step<Q['_']['result']> {
  return yield statement.getSQL();
}

/** Runs a statement whose rows nobody needs. */
export function* run(statement: { getSQL(): SQL }): Step<void> {
  yield statement.getSQL();
}
