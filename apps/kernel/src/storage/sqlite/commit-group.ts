import type { Connection, Ending } from './connection.ts';

/** Could not be stored together with others, or had no others: it is to be stored alone, and nothing of it is. */
export const ALONE = Symbol('alone');

/**
 * Stores what is asked for in one moment in one transaction, because the flush at its end costs more than all that goes before. Each member is kept or
 * rolled back by itself, and resolves behind the commit of all. When anything fails, nothing of the group is stored and each member is told {@link ALONE}.
 */
export function commitGroup({
  database,
  immediate,
}: Pick<Connection, 'database' | 'immediate'>): <T>(work: () => Ending<T>) => Promise<T | typeof ALONE> {
  const begin = database.prepare('SAVEPOINT member');
  const undo = database.prepare('ROLLBACK TO member');
  const end = database.prepare('RELEASE member');
  let members: { readonly work: () => Ending<unknown>; settle(value: unknown): void }[] = [];

  function nested<T>(work: () => Ending<T>): T {
    begin.run();
    const { keep, value } = work();
    if (!keep) undo.run();
    end.run();
    return value;
  }

  function store(): void {
    const group = members;
    members = [];
    let values: readonly unknown[] = [];
    if (group.length > 1) {
      try {
        values = immediate(() => ({ keep: true, value: group.map(({ work }) => nested(work)) }));
      } catch {
        // Whose fault it was shows when each is stored alone.
      }
    }
    for (const [index, { settle }] of group.entries()) settle(index < values.length ? values[index] : ALONE);
  }

  return (work) =>
    new Promise((resolve) => {
      // Behind everything that has come in by now.
      if (members.length === 0) setImmediate(store);
      members.push({ work, settle: (value) => resolve(value as never) });
    });
}
