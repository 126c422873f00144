import type { ConversationRow, Queries, StartTurnRequest, Step } from '../ports.ts';

/** What a turn is started with. */
export interface TurnInput {
  /** Empty: there is nothing to answer. */
  readonly message: string;
  /** Absent: the conversation's. */
  readonly model?: string;
}

/**
 * The words of a turn that is about to be admitted: those of the request, or of the waiting message it names, which leaves the queue in the same commit. A
 * closed conversation takes no next one by itself. `ownWords` are those of the turn that is answered once more. Undefined: it does not wait any more, or nothing does.
 */
export function* takeInput(
  q: Queries,
  request: StartTurnRequest,
  conversation: ConversationRow | undefined,
  ownWords: () => string,
): Step<TurnInput | undefined> {
  const { model, queued, message = queued === undefined ? ownWords() : '' } = request;
  if (queued === undefined) return { message, ...(model === undefined ? {} : { model }) };
  if (conversation === undefined) return undefined;
  const isNext = queued === 'next';
  if (isNext && conversation.status === 'closed') return undefined;
  const waiting = yield* q.queue.of(conversation.id);
  const taken = isNext ? waiting[0] : waiting.find(({ id }) => id === queued);
  if (taken === undefined) return undefined;
  yield* q.queue.remove(taken.id);
  return { message: taken.text, ...(taken.model === null ? {} : { model: taken.model }) };
}

/** Messages that were steered into a turn and held behind its end are not for one that answers something else: they start the next one. */
export function* keepForNext(q: Queries, conversationId: string): Step<void> {
  for (const row of yield* q.queue.of(conversationId)) {
    if (row.mode === 'steer') yield* q.queue.put({ ...row, mode: 'queue' });
  }
}
