import type { ConversationRow, Queries, StartTurnRequest, Step } from '../ports.ts';

/** What a turn is started with. */
export type TurnInput = Pick<StartTurnRequest, 'message' | 'model'>;

/**
 * The words of a turn that is about to be admitted: those of the request, or of the waiting message it names, which leaves the queue in the same commit. A
 * closed conversation takes no next one by itself. Undefined: it does not wait any more, or nothing does.
 */
export function* takeInput(
  q: Queries,
  request: StartTurnRequest,
  conversation: ConversationRow | undefined,
): Step<TurnInput | undefined> {
  if (request.queued === undefined) return request;
  if (conversation === undefined) return undefined;
  const isNext = request.queued === 'next';
  if (isNext && conversation.status === 'closed') return undefined;
  const waiting = yield* q.queue.of(conversation.id);
  const taken = isNext ? waiting[0] : waiting.find(({ id }) => id === request.queued);
  if (taken === undefined) return undefined;
  yield* q.queue.remove(taken.id);
  return { message: taken.text, ...(taken.model === null ? {} : { model: taken.model }) };
}
