import type { AgentEvent } from '@dispatch/wire';
import { crashPoint } from '../crash-point.ts';
import type { Clock, Log, Store } from '../ports.ts';
import { reportOnce } from '../report-once.ts';
import type { JournalFailure } from './journal-outcome.ts';
import type { TurnWriter } from './turn-journal.ts';

/** How long a message that came behind a turn's last boundary waits for the seal. Longer means that the store is in trouble. */
const SEAL_WAIT_MS = 2_000;

/** The way of messages into one turn that runs. */
export interface SteeredTurn {
  /**
   * Gives the turn whatever was steered into it, at the boundary behind a step, and says what that is. With `isLast` nothing more gets in once it
   * came back empty: what is on its way then comes behind the turn.
   */
  deliver(writer: Pick<TurnWriter, 'insert'>, isLast: boolean): Promise<readonly string[]>;
  /** The turn is sealed, or given up. */
  end(): void;
}

/** The way of messages into the turns that run here. */
export interface Steering {
  open(turn: { readonly conversationId: string; readonly turnId: string }): SteeredTurn;
  /**
   * Makes a write that may steer into the running turn of a conversation. Either the turn still looks for what was written, or it is sealed before the
   * write is made: no message is taken for the running turn and left behind by it.
   */
  entering<T>(conversationId: string, write: () => Promise<T>): Promise<T>;
}

interface Door {
  /** Writes under way. */
  readonly entering: Set<Promise<unknown>>;
  readonly ended: Promise<void>;
  isShut: boolean;
}

export interface SteeringParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** Told behind each commit that took messages out of the queue of a conversation. */
  readonly onDelivered: (conversationId: string) => void;
}

export function createSteering({ store, clock, log, onDelivered }: SteeringParts): Steering {
  const doors = new Map<string, Door>();

  async function awaitSeal(door: Door): Promise<void> {
    const patience = new AbortController();
    const waited = clock.sleep(SEAL_WAIT_MS, patience.signal).catch(() => {});
    await Promise.race([door.ended, waited]);
    patience.abort();
  }

  /** A queue that cannot be read holds nobody up: what waits in it goes on waiting. */
  async function readable(conversationId: string): ReturnType<Store['read']['queue']> {
    try {
      return await store.read.queue(conversationId);
    } catch (error) {
      reportOnce(log, `queue ${conversationId}`, { conversationId, err: error }, 'a queue cannot be read');
      return [];
    }
  }

  return {
    open({ conversationId, turnId }) {
      let end = () => {};
      const ended = new Promise<void>((resolve) => {
        end = resolve;
      });
      const door: Door = { entering: new Set(), ended, isShut: false };
      doors.set(conversationId, door);
      return {
        async deliver(writer, isLast) {
          for (;;) {
            if (isLast) await Promise.allSettled(door.entering);
            const waiting = await readable(conversationId);
            if (waiting.some(({ mode }) => mode === 'steer')) {
              const texts: string[] = [];
              await writer.insert((first) => take(store, { conversationId, turnId }, first, texts));
              if (texts.length > 0) {
                onDelivered(conversationId);
                return texts;
              }
            }
            if (!isLast) return [];
            if (door.entering.size > 0) continue;
            door.isShut = true;
            return [];
          }
        },
        end() {
          if (doors.get(conversationId) === door) doors.delete(conversationId);
          end();
        },
      };
    },
    async entering(conversationId, write) {
      const before = doors.get(conversationId);
      if (before?.isShut === true) await awaitSeal(before);
      const door = doors.get(conversationId);
      const writing = write();
      door?.entering.add(writing);
      try {
        return await writing;
      } finally {
        door?.entering.delete(writing);
      }
    },
  };
}

/** One commit: the messages leave the queue, and the turn has them. Their texts are added to `texts`. */
async function take(
  store: Store,
  { conversationId, turnId }: { readonly conversationId: string; readonly turnId: string },
  first: number,
  texts: string[],
): Promise<readonly AgentEvent[] | JournalFailure> {
  crashPoint('before-steering');
  const outcome = await store.commit<readonly AgentEvent[]>({
    fence: { turnId, fence: store.fence },
    *plan(q) {
      const steered = (yield* q.queue.of(conversationId)).filter(({ mode }) => mode === 'steer');
      for (const { id } of steered) yield* q.queue.remove(id);
      const events = steered.map(({ id: messageId, text }): AgentEvent => {
        return { type: 'steering', conversationId, turnId, messageId, text };
      });
      return {
        result: events,
        turnEvents: events.map((event, index) => ({ turnId, n: first + index, event })),
        refused: events.length === 0,
      };
    },
  });
  crashPoint('after-steering');
  switch (outcome.kind) {
    case 'committed':
    case 'refused':
      for (const event of outcome.result) if (event.type === 'steering') texts.push(event.text);
      return outcome.result;
    case 'fenced':
    case 'full':
      return outcome.kind;
    default:
      throw new Error(`a steering ended as ${outcome.kind}`);
  }
}
