import type { QueueMode } from '@dispatch/transport-contract';
import { mayTouch } from '../policy/conversation-policy.ts';
import type {
  Clock,
  CommitRequest,
  Ids,
  StartTurnOutcome,
  StartTurnRequest,
  Store,
  Turns,
} from '../ports.ts';
import {
  type Changed,
  type QueueChange,
  type Queued,
  type QueueRequest,
  queueChange,
  queueInsertion,
} from './queue-plans.ts';
import type { QueuedMessageRow } from './queue-store.ts';

/** How a change of the queue that is not made ends: the conversation is somebody else's, or the message waits no more · too much waits · the disk is full. */
export type QueueRefusal =
  | { readonly kind: 'not-found' }
  | { readonly kind: 'queue-full' }
  | { readonly kind: 'full' }
  | { readonly kind: 'key-mismatch' };

export type QueueOutcome =
  | { readonly kind: 'queued'; readonly messageId: string }
  | { readonly kind: 'started'; readonly turnId: string }
  | QueueRefusal
  | Exclude<StartTurnOutcome, { readonly kind: 'started' | 'repeated' | 'not-queued' }>;

export type ChangeOutcome =
  | { readonly kind: 'changed' }
  | { readonly kind: 'started'; readonly turnId: string }
  | QueueRefusal
  | { readonly kind: 'damaged' | 'draining' };

/** What waits in a conversation. */
export interface QueueView {
  readonly messages: readonly QueuedMessageRow[];
  /** True: messages wait, no turn runs, and none will by itself. */
  readonly held: boolean;
}

/** The messages that wait for a turn. Every change is one commit; whoever comes second finds what the first one left. */
export interface MessageQueue {
  /** Steers or queues the message while a turn runs, and starts one with it while none does. */
  add(request: QueueRequest): Promise<QueueOutcome>;
  /** Whoever owns the conversation. */
  of(conversationId: string): Promise<QueueView>;
  /** Somebody else's reads as empty. */
  list(userId: string, conversationId: string): Promise<QueueView>;
  /** With the mode `steer` in a conversation in which no turn runs, the message starts one. */
  change(change: QueueChange): Promise<ChangeOutcome>;
  /** False: it did not wait there. */
  remove(userId: string, conversationId: string, messageId: string): Promise<boolean | 'full'>;
}

export interface MessageQueueParts {
  readonly store: Store;
  readonly turns: Pick<Turns, 'start' | 'entering' | 'goingOn'>;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Told behind each change. Must not throw. */
  readonly onChanged: (conversationId: string) => void;
}

/** Between a look at the running turn and the start of one there may be another turn, as often as that. */
const ATTEMPTS = 5;

export function createMessageQueue(parts: MessageQueueParts): MessageQueue {
  const { store, turns, clock, ids, onChanged } = parts;

  /** What may be for the running turn is written while that still looks for it. */
  function write<R>(conversationId: string, mode: QueueMode | undefined, request: CommitRequest<R>) {
    const commit = () => store.commit(request);
    return mode === 'steer' ? turns.entering(conversationId, commit) : commit();
  }

  async function of(conversationId: string): Promise<QueueView> {
    const messages = await store.read.queue(conversationId);
    const newest = messages.length === 0 ? undefined : await store.read.newestTurn(conversationId);
    return { messages, held: messages.length > 0 && newest?.state !== 'running' };
  }

  return {
    of,
    async add(request) {
      const { userId, conversationId, message, mode, model, idempotency } = request;
      const key = idempotency === undefined ? {} : { idempotency };
      const start: StartTurnRequest = {
        ...{ userId, conversationId, message, ...key },
        ...(model === undefined ? {} : { model }),
      };
      let running: StartTurnOutcome = { kind: 'draining' };
      for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
        const goingOn = turns.goingOn(conversationId);
        const row = { id: ids.mint('qmg'), createdAt: clock.wall() };
        const plan = queueInsertion(request, row);
        const outcome = await write<Queued>(conversationId, mode, { ...key, plan });
        if (outcome.kind === 'full' || outcome.kind === 'key-mismatch') return { kind: outcome.kind };
        if (outcome.kind === 'fenced') throw new Error('a queued message has no fence to fail');
        if (outcome.kind === 'committed') onChanged(conversationId);
        const { result } = outcome;
        if (result.kind === 'started') return { kind: 'started', turnId: result.turnId };
        if (result.kind !== 'idle') return result;
        if (goingOn !== undefined && attempt < ATTEMPTS - 1) {
          // A turn has just ended: what waits behind it comes first.
          await goingOn;
          continue;
        }
        const started = await turns.start(start);
        if (started.kind === 'started' || started.kind === 'repeated') {
          return { kind: 'started', turnId: started.turnId };
        }
        if (started.kind === 'not-queued') throw new Error('a start of a message asked for another one');
        running = started;
        if (started.kind !== 'busy') break;
      }
      return running as QueueOutcome;
    },

    async list(userId, conversationId) {
      const conversation = await store.read.conversation(conversationId);
      return mayTouch(userId, conversation) ? of(conversationId) : { messages: [], held: false };
    },

    async change(change) {
      const { userId, conversationId, messageId, idempotency } = change;
      const plan = queueChange(change, clock.wall());
      const outcome = await write<Changed>(conversationId, change.mode, {
        ...(idempotency === undefined ? {} : { idempotency }),
        plan,
      });
      if (outcome.kind === 'full' || outcome.kind === 'key-mismatch') return { kind: outcome.kind };
      if (outcome.kind === 'refused') return refusal(outcome.result);
      if (outcome.kind === 'fenced') throw new Error('a change of the queue has no fence to fail');
      if (outcome.kind === 'committed') onChanged(conversationId);
      if (outcome.result.kind !== 'promoted') return { kind: 'changed' };
      const started = await turns.start({ userId, conversationId, message: '', queued: messageId });
      switch (started.kind) {
        case 'started':
          return { kind: 'started', turnId: started.turnId };
        case 'full':
        case 'damaged':
        case 'draining':
        case 'not-found':
          return { kind: started.kind };
        default:
          // A turn was quicker: this one steers into it, or has been taken by it. So it has when the request is a repeat.
          return { kind: 'changed' };
      }
    },

    async remove(userId, conversationId, messageId) {
      const outcome = await store.commit<boolean>({
        *plan(q) {
          const waiting = mayTouch(userId, yield* q.conversation(conversationId))
            ? yield* q.queue.of(conversationId)
            : [];
          if (!waiting.some(({ id }) => id === messageId)) return { result: false, refused: true };
          yield* q.queue.remove(messageId);
          return { result: true };
        },
      });
      if (outcome.kind === 'full') return 'full';
      if (outcome.kind === 'committed') onChanged(conversationId);
      return outcome.kind === 'committed';
    },
  };
}

function refusal({ kind }: Changed): QueueRefusal {
  return { kind: kind === 'queue-full' ? kind : 'not-found' };
}
