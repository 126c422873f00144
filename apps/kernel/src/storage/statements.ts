import { type SQL, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import type { Step } from '../ports.ts';

/** Builds statements and holds no connection: whoever drives a step compiles and runs what it yields. */
export const build = drizzle.mock();

/** A place in a statement of fixed shape, filled by name each time it runs. */
export const slot = sql.placeholder;

/** A statement of fixed shape and what fills its slots. Its shape is the same object each time, so that it is compiled once. */
export class FilledStatement {
  readonly shape: SQL;
  readonly values: Readonly<Record<string, unknown>>;

  constructor(shape: SQL, values: Readonly<Record<string, unknown>>) {
    this.shape = shape;
    this.values = values;
  }
}

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

/** A step that reads with a statement of fixed shape: what runs often is built and compiled once. */
export function reading<Q extends TypedStatement>(
  statement: Q,
): (values: Readonly<Record<string, unknown>>) => Step<Q['_']['result']> {
  const shape = statement.getSQL();
  return function* (values) {
    return yield new FilledStatement(shape, values);
  };
}

/** The same for a statement whose rows nobody needs. */
export function changing(statement: {
  getSQL(): SQL;
}): (values: Readonly<Record<string, unknown>>) => Step<void> {
  const shape = statement.getSQL();
  return function* (values) {
    yield new FilledStatement(shape, values);
  };
}

/** One slot for each column, called like it: for inserts of whole rows. */
export function slots<T extends Readonly<Record<string, unknown>>>(
  columns: T,
): Record<keyof T, ReturnType<typeof slot>> {
  const names = Object.keys(columns) as (keyof T & string)[];
  return Object.fromEntries(names.map((name) => [name, slot(name)])) as Record<
    keyof T,
    ReturnType<typeof slot>
  >;
}
