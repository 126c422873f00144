import type { DomainEventDraft } from '../extension/extension-store.ts';
import type { AuditDraft } from '../identity/people-store.ts';
import { conversationEvents } from '../policy/conversation-events.ts';
import { writableConversation } from '../policy/conversation-policy.ts';
import type { ConversationRow, IdempotencyKey, Queries, Rows, Statement, Step, Store } from '../ports.ts';
import { ApiError } from './api-error.ts';

/**
 * Every write to a conversation from outside a turn: one commit in which the policy is asked first. `change` gets the row
 * (undefined: there is none yet) and gives the result of the commit, as JSON. A key that was used for the same before gives the
 * result of then and changes nothing, so that a late repeat never overwrites what came after it. What `change` hands to `tell` is written
 * with it, what it hands to `note` is in the audit trail, and so is what users learn of the row it puts.
 */
export async function changeConversation<R>(
  store: Store,
  userId: string,
  conversationId: string,
  idempotency: IdempotencyKey | undefined,
  change: (
    q: Queries,
    row: ConversationRow | undefined,
    tell: (event: DomainEventDraft) => void,
    note: (entry: AuditDraft) => void,
  ) => Generator<Statement, R, Rows>,
): Promise<R> {
  const outcome = await store.commit<{ readonly value: R } | null>({
    ...(idempotency && { idempotency }),
    *plan(q) {
      const { allowed, row } = yield* writableConversation(q, userId, conversationId);
      if (!allowed) return { refused: true, result: null };
      const domainEvents: DomainEventDraft[] = [];
      const audit: AuditDraft[] = [];
      const tell = (event: DomainEventDraft) => void domainEvents.push(event);
      let after = row;
      const noting: Queries = {
        ...q,
        putConversation(next) {
          after = next;
          return q.putConversation(next);
        },
      };
      const value = yield* change(noting, row, tell, (entry) => void audit.push(entry));
      const userEvents = after === undefined ? [] : conversationEvents(row, after);
      return { result: { value }, domainEvents, userEvents, audit };
    },
  });
  if (outcome.kind === 'full') throw storageFull();
  if (outcome.kind === 'refused') throw unknownConversation();
  if (outcome.kind === 'key-mismatch') throw keyMismatch();
  if (outcome.kind === 'fenced' || outcome.result === null) {
    throw new Error(`a change of a conversation ended as ${outcome.kind}`);
  }
  return outcome.result.value;
}

/** A conversation that a setting creates before its first message. */
export function* newConversation(
  q: Queries,
  id: string,
  ownerId: string,
  now: number,
): Step<ConversationRow> {
  return {
    id,
    ownerId,
    title: null,
    model: null,
    fallbackModels: [],
    cwd: null,
    status: 'idle',
    closes: 0,
    createdAt: now,
    lastActivityAt: now,
    activity: yield* q.nextActivity(ownerId),
  };
}

export function storageFull(): ApiError {
  return new ApiError('storage-full', 'the disk is full; nothing was stored', 'free space and try again');
}

export function keyMismatch(): ApiError {
  return new ApiError('idempotency-mismatch', 'this idempotency key was used with another request');
}

export function unknownConversation(): ApiError {
  return new ApiError('not-found', 'there is no such conversation');
}
