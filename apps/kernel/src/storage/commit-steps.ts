import { and, eq, getTableColumns } from 'drizzle-orm';
import type { CommitOutcome, CommitRequest, IdempotencyKey, Step, WrittenUserEvent } from '../ports.ts';
import { appendChunks } from './append-chunks.ts';
import { appendAudit } from './audit.ts';
import { appendDomainEvents } from './domain-events.ts';
import { queriesAt } from './queries.ts';
import { checksumOfEvent } from './read-events.ts';
import { parseStored } from './rows.ts';
import { idempotency, turn, turn_event } from './schema.ts';
import { build, changing, reading, slot, slots } from './statements.ts';
import type { OnDamagedRow } from './store-damage.ts';
import { appendUserEvents } from './user-events.ts';

const ownership = reading(
  build
    .select({ state: turn.state, fence: turn.fence })
    .from(turn)
    .where(eq(turn.id, slot('id'))),
);
const newTurnEvent = changing(build.insert(turn_event).values(slots(getTableColumns(turn_event))));
const sameKey = and(eq(idempotency.principal, slot('principal')), eq(idempotency.key, slot('key')));
const answerOf = reading(build.select().from(idempotency).where(sameKey));
const forgottenAnswer = changing(build.delete(idempotency).where(sameKey));
const newAnswer = changing(build.insert(idempotency).values(slots(getTableColumns(idempotency))));

/** The moment of a commit, and who is told of rows that it found damaged. */
export interface CommitMoment {
  /** Time of day. */
  readonly now: number;
  /** The store's. */
  readonly age: number;
  readonly onDamaged: OnDamagedRow;
}

/** An outcome, and what was written for users; absent: nothing. */
export type CommitEnding<R> =
  | Exclude<CommitOutcome<R>, { readonly kind: 'committed' }>
  | {
      readonly kind: 'committed';
      readonly result: R;
      readonly userEvents?: readonly WrittenUserEvent[];
    };

/**
 * Everything one commit does between begin and end. Whoever drives it keeps the transaction only when the outcome is
 * `committed`; every other outcome has written nothing worth keeping.
 */
export function* commitSteps<R>(
  request: CommitRequest<R>,
  { now, age, onDamaged }: CommitMoment,
): Step<CommitEnding<R>> {
  const { idempotency: key, fence } = request;
  if (key) {
    // Before the fence: a repeat gets its old answer, also after the turn it started was sealed.
    const answered = yield* findAnswer<R>(key, age);
    if (answered) return answered;
  }
  if (fence && !(yield* isOwned(fence.turnId, fence.fence))) return { kind: 'fenced' };
  const planned = yield* request.plan(queriesAt(age, onDamaged));
  if (planned.refused) return { kind: 'refused', result: planned.result };
  if (planned.chunks) yield* appendChunks(planned.chunks, now);
  for (const { turnId, n, event } of planned.turnEvents ?? []) {
    const body = JSON.stringify(event);
    yield* newTurnEvent({ turn_id: turnId, n, body, checksum: checksumOfEvent(turnId, n, body) });
  }
  yield* appendDomainEvents(planned.domainEvents ?? [], now, age);
  yield* appendAudit(planned.audit ?? [], now);
  const userEvents = yield* appendUserEvents(planned.userEvents ?? [], now, age);
  if (key) yield* keepAnswer(key, planned.result);
  const { result } = planned;
  return userEvents.length === 0 ? { kind: 'committed', result } : { kind: 'committed', result, userEvents };
}

function* isOwned(turnId: string, fence: number): Step<boolean> {
  const [row] = yield* ownership({ id: turnId });
  return row?.state === 'running' && row.fence === fence;
}

function* findAnswer<R>(key: IdempotencyKey, age: number): Step<CommitOutcome<R> | undefined> {
  const named = { principal: key.principal, key: key.key };
  const [row] = yield* answerOf(named);
  if (row === undefined) return undefined;
  if (row.expires_at <= age) {
    yield* forgottenAnswer(named);
    return undefined;
  }
  if (row.operation !== key.operation || row.body_hash !== key.bodyHash) return { kind: 'key-mismatch' };
  const result = row.result === null ? undefined : parseStored(row.result, `idempotency key ${key.key}`);
  return { kind: 'repeated', result: result as R };
}

function* keepAnswer(key: IdempotencyKey, result: unknown): Step<void> {
  const row = {
    principal: key.principal,
    key: key.key,
    operation: key.operation,
    body_hash: key.bodyHash,
    result: result === undefined ? null : JSON.stringify(result),
    expires_at: key.expiresAt,
  };
  yield* newAnswer(row);
}
