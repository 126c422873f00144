import type { QueueMode } from '@dispatch/transport-contract';
import { mayTouch } from '../policy/conversation-policy.ts';
import type { IdempotencyKey, Planned, Queries, Rows, Statement, Step } from '../ports.ts';
import type { QueuedMessageRow } from './queue-store.ts';

/** Messages that may wait in one conversation. */
export const MOST_QUEUED = 50;
/** What they may have together, in bytes of UTF-8. */
export const MOST_QUEUED_BYTES = 1_048_576;

/** A message of a user, for the turn that runs or the next. */
export interface QueueRequest {
  readonly userId: string;
  readonly conversationId: string;
  /** Not blank; kept byte for byte. */
  readonly message: string;
  readonly mode: QueueMode;
  /** Absent: the conversation's. */
  readonly model?: string;
  readonly idempotency?: IdempotencyKey;
}

/** What an insertion found; kept with the idempotency key, where the start of a turn stands in its place if there was one. */
export type Queued =
  | { readonly kind: 'queued'; readonly messageId: string }
  | { readonly kind: 'started'; readonly turnId: string }
  /** Nothing runs, so nothing was written. */
  | { readonly kind: 'idle' }
  | { readonly kind: 'not-found' | 'queue-full' };

type Plan<R> = (q: Queries) => Generator<Statement, Planned<R>, Rows>;

/** Puts a message behind those that wait, while a turn runs. */
export function queueInsertion(
  request: QueueRequest,
  made: Pick<QueuedMessageRow, 'id' | 'createdAt'>,
): Plan<Queued> {
  const { userId, conversationId, message, mode, model = null } = request;
  return function* (q) {
    if (!mayTouch(userId, yield* q.conversation(conversationId)))
      return { result: { kind: 'not-found' }, refused: true };
    if ((yield* q.runningTurn(conversationId)) === undefined)
      return { result: { kind: 'idle' }, refused: true };
    const waiting = yield* q.queue.of(conversationId);
    const position = (waiting.at(-1)?.position ?? 0) + 1;
    const of = { conversationId, by: userId, editedAt: null };
    const row: QueuedMessageRow = { ...made, ...of, position, mode, text: message, model };
    if (!fits([...waiting, row])) return { result: { kind: 'queue-full' }, refused: true };
    yield* q.queue.put(row);
    return { result: { kind: 'queued', messageId: made.id } };
  };
}

/** A change of a message that waits. What is absent stays as it is. */
export interface QueueChange {
  readonly userId: string;
  readonly conversationId: string;
  readonly messageId: string;
  readonly text?: string;
  readonly mode?: QueueMode;
  /** From 1; beyond the end: the last. */
  readonly position?: number;
  readonly idempotency?: IdempotencyKey;
}

export interface Changed {
  /** `promoted`: it is to start a turn, since none runs. */
  readonly kind: 'changed' | 'promoted' | 'not-found' | 'queue-full';
}

export function queueChange(change: QueueChange, now: number): Plan<Changed> {
  const { userId, conversationId, messageId, text, mode, position } = change;
  return function* (q) {
    const waiting = mayTouch(userId, yield* q.conversation(conversationId))
      ? yield* q.queue.of(conversationId)
      : [];
    const before = waiting.find(({ id }) => id === messageId);
    if (before === undefined) return { result: { kind: 'not-found' }, refused: true };
    const after: QueuedMessageRow = {
      ...before,
      ...(mode === undefined ? {} : { mode }),
      ...(text === undefined || text === before.text ? {} : { text, editedAt: now }),
    };
    const changed = waiting.map((row) => (row === before ? after : row));
    if (text !== undefined && !fits(changed)) return { result: { kind: 'queue-full' }, refused: true };
    yield* q.queue.put(after);
    if (position !== undefined) yield* move(q, changed, after, position);
    const starts = mode === 'steer' && (yield* q.runningTurn(conversationId)) === undefined;
    return { result: { kind: starts ? 'promoted' : 'changed' } };
  };
}

function* move(
  q: Queries,
  waiting: readonly QueuedMessageRow[],
  moved: QueuedMessageRow,
  position: number,
): Step<void> {
  const order = waiting.filter((row) => row !== moved);
  order.splice(position - 1, 0, moved);
  for (const [index, row] of order.entries()) {
    if (row.position !== index + 1) yield* q.queue.put({ ...row, position: index + 1 });
  }
}

function fits(rows: readonly QueuedMessageRow[]): boolean {
  const bytes = rows.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  return rows.length <= MOST_QUEUED && bytes <= MOST_QUEUED_BYTES;
}
