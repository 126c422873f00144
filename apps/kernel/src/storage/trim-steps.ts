import { and, asc, eq, lt, sql } from 'drizzle-orm';
import type { Step } from '../ports.ts';
import { idempotency, turn, turn_event } from './schema.ts';
import { build, rowsOf, run } from './statements.ts';
import { trimDomainEvents } from './trim-domain-events.ts';
import { trimUserEvents } from './trim-user-events.ts';

/** Rows one call deletes at most, so that no commit waits long behind it. */
const BATCH = 500;

/** Deletes what nobody may ask for any more; true when there may be more. */
export function* trimSteps(before: number, now: number): Step<boolean> {
  const keys = yield* trimKeys(now);
  let budget = BATCH - keys;
  if (budget > 0) budget -= yield* trimDomainEvents(before, budget);
  if (budget > 0) budget -= yield* trimUserEvents(before, budget);
  while (budget > 0) {
    const [oldest] = yield* rowsOf(
      build
        .select({ id: turn.id })
        .from(turn)
        .where(and(sql`${turn.events} <> 'trimmed'`, lt(turn.sealed_age, before)))
        .orderBy(asc(turn.sealed_age))
        .limit(1),
    );
    if (oldest === undefined) return false;
    const deleted = yield* trimEvents(oldest.id, budget);
    const events = deleted < budget ? 'trimmed' : 'trimming';
    yield* run(build.update(turn).set({ events }).where(eq(turn.id, oldest.id)));
    // The turn itself counts, so that very many turns without events are bounded too.
    budget -= deleted + 1;
  }
  return true;
}

function* trimKeys(now: number): Step<number> {
  const expired = sql`select principal, key from ${idempotency} where ${idempotency.expires_at} <= ${now} order by ${idempotency.expires_at} limit ${BATCH}`;
  const rows = yield sql`delete from ${idempotency} where (principal, key) in (${expired}) returning key`;
  return rows.length;
}

function* trimEvents(turnId: string, limit: number): Step<number> {
  const oldest = sql`select n from ${turn_event} where ${turn_event.turn_id} = ${turnId} order by n limit ${limit}`;
  const rows =
    yield sql`delete from ${turn_event} where turn_id = ${turnId} and n in (${oldest}) returning n`;
  return rows.length;
}
