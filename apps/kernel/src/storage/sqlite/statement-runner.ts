import type Database from 'better-sqlite3';
import { is, Param, Placeholder, SQL } from 'drizzle-orm';
import { SQLiteSyncDialect } from 'drizzle-orm/sqlite-core';
import type { Rows, Statement } from '../../ports.ts';
import { FilledStatement } from '../statements.ts';

/** What a statement is given at one place, out of the values it is filled with. */
type Argument = (values: Readonly<Record<string, unknown>>) => unknown;

/** A statement of fixed shape as the database has it. */
interface Compiled {
  readonly handle: Database.Statement;
  readonly arguments: readonly Argument[];
}

function argumentOf(parameter: unknown): Argument {
  const place = is(parameter, Param) ? parameter.value : parameter;
  if (!is(place, Placeholder)) return () => parameter;
  return (values) => {
    // A misspelt name would otherwise be written as NULL.
    if (!(place.name in values)) throw new TypeError(`Nothing fills the slot ${place.name}.`);
    return values[place.name];
  };
}

function send(handle: Database.Statement, values: readonly unknown[]): Rows {
  if (handle.reader) return handle.all(...values) as Rows;
  handle.run(...values);
  return [];
}

/** Compiles and runs what plans yield. Statements are prepared once for each text, shapes compiled once each. */
export function statementRunner(database: Database.Database): (statement: Statement) => Rows {
  const dialect = new SQLiteSyncDialect();
  const prepared = new Map<string, Database.Statement>();
  const compiled = new WeakMap<SQL, Compiled>();

  function prepare(sql: string): Database.Statement {
    let handle = prepared.get(sql);
    if (handle === undefined) {
      handle = database.prepare(sql);
      prepared.set(sql, handle);
    }
    return handle;
  }

  /** Compiling a shape costs more than running it, so it is done once. */
  function compile(shape: SQL): Compiled {
    let known = compiled.get(shape);
    if (known === undefined) {
      const { sql, params } = dialect.sqlToQuery(shape);
      known = { handle: prepare(sql), arguments: params.map(argumentOf) };
      compiled.set(shape, known);
    }
    return known;
  }

  return (statement) => {
    if (statement instanceof FilledStatement) {
      const { handle, arguments: slots } = compile(statement.shape);
      return send(
        handle,
        slots.map((slot) => slot(statement.values)),
      );
    }
    if (!is(statement, SQL))
      throw new TypeError('A plan yielded something that is not a statement of the store.');
    const { sql, params } = dialect.sqlToQuery(statement);
    return send(prepare(sql), params);
  };
}
