import type Database from 'better-sqlite3';

interface DomainEventRow {
  readonly id: number;
  readonly name: string;
  readonly body: string;
}

/** Domain events begin with 1, have no gap and end with the head; and a seal and what tells it stand and fall together. */
export function domainEventFindings(
  database: Database.Database,
  turns: readonly { readonly id: string; readonly state: string }[],
  head: number,
): string[] {
  const broken: string[] = [];
  const events = database
    .prepare<[], DomainEventRow>('select id, name, body from domain_event order by id')
    .all();
  if (events.some(({ id }, index) => id !== index + 1) || events.length !== head)
    broken.push(`Q1: ${events.length} domain events have a gap, or another head than ${head}`);
  const sealed = turns.filter(({ state }) => state === 'sealed').map(({ id }) => id);
  const told = events
    .filter(({ name }) => name === 'turn.sealed')
    .map(({ body }) => (JSON.parse(body) as { turnId: string }).turnId);
  if (sealed.sort().join() !== told.sort().join())
    broken.push(`D4: ${sealed.length} turns are sealed, and ${told.length} seals are told`);
  return broken;
}
