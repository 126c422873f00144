import type { AgentEvent } from '@dispatch/wire';
import type { Clock, CommitOutcome, Log, Store } from '../ports.ts';
import { closeTurn } from './close-turn.ts';
import { createTurnFold, type TurnFold } from './fold.ts';
import type { TurnEnding } from './turn-ending.ts';

const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 5_000;

export interface SealingTurn {
  readonly conversationId: string;
  readonly turnId: string;
  readonly startedAt: number;
  /** Absent after a crash. */
  readonly durationMs?: number;
  /** True: an earlier start of the kernel ran it; the seal takes it over in the same commit. */
  readonly adopt: boolean;
}

/** What of the turn is stored. */
export interface StoredTurn {
  readonly fold: TurnFold;
  /** Index of the next event. */
  readonly next: number;
}

/** Events that a seal made durable and nobody was shown yet, and the index of the first of them. */
export interface UnseenEvents {
  readonly first: number;
  readonly events: readonly AgentEvent[];
}

export interface SealParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborted when nobody will be there to see it; boot recovery does it then. */
  readonly giveUp: AbortSignal;
}

/**
 * Ends the turn in one commit: the missing events, `done`, `turn-sealed`, the chunks, the metrics and the rows. Tries until it succeeds, with growing
 * pauses. Undefined: the turn is no longer ours, or `giveUp` came first.
 *
 * `seen` is what watchers were shown. With `stored` undefined, or after a commit whose outcome is not known, the store is asked what it has.
 */
export async function sealTurn(
  parts: SealParts,
  turn: SealingTurn,
  ending: TurnEnding,
  seen: number,
  stored: StoredTurn | undefined,
): Promise<UnseenEvents | undefined> {
  const { store, clock, log, giveUp } = parts;
  const { turnId } = turn;
  let known = stored;
  let closing: readonly AgentEvent[] | undefined;
  for (let retry = 0; !giveUp.aborted; retry += 1) {
    try {
      if (known === undefined) {
        if (await isSealedHere(store, turnId)) return await unseen(store, turnId, seen);
        known = await load(store, turn);
      }
      closing ??= closeTurn(turn, known.fold, ending);
      const { kind } = await commitSeal(store, clock, turn, known, closing, ending.reason);
      if (kind === 'committed') {
        if (known.next === seen) return { first: seen, events: closing };
        return await unseen(store, turnId, seen);
      }
      if (kind !== 'full') {
        log.warn({ turnId, outcome: kind }, 'a turn was not sealed: it is not running under this start');
        return undefined;
      }
      log.error({ turnId }, 'the disk is full: a turn cannot be sealed yet');
    } catch (error) {
      log.error({ err: error, turnId }, 'a turn could not be sealed yet');
      known = undefined;
      closing = undefined;
    }
    const pauseMs = Math.min(FIRST_RETRY_MS * 2 ** Math.min(retry, 10), LAST_RETRY_MS);
    await clock.sleep(pauseMs, giveUp).catch(() => {});
  }
  return undefined;
}

function commitSeal(
  store: Store,
  clock: Clock,
  turn: SealingTurn,
  { fold, next }: StoredTurn,
  closing: readonly AgentEvent[],
  reason: string,
): Promise<CommitOutcome<null>> {
  const { conversationId, turnId, startedAt, adopt } = turn;
  const sealedAt = clock.wall();
  return store.commit<null>({
    ...(adopt ? {} : { fence: { turnId, fence: store.fence } }),
    *plan(q) {
      if (adopt && !(yield* q.adoptTurn(turnId, store.fence))) return { result: null, refused: true };
      const metrics = fold.metrics(startedAt, sealedAt);
      if (!(yield* q.sealTurn(turnId, { sealedAt, reason, metrics }))) return { result: null, refused: true };
      const conversation = yield* q.conversation(conversationId);
      if (conversation !== undefined) {
        const status = conversation.status === 'closed' ? 'closed' : 'idle';
        const lastActivityAt = Math.max(conversation.lastActivityAt, sealedAt);
        yield* q.putConversation({ ...conversation, status, lastActivityAt });
      }
      return {
        result: null,
        chunks: fold.chunks(),
        turnEvents: closing.map((event, index) => ({ turnId, n: next + index, event })),
      };
    },
  });
}

async function isSealedHere(store: Store, turnId: string): Promise<boolean> {
  const row = await store.read.turn(turnId);
  return row?.state === 'sealed' && row.fence === store.fence;
}

async function load(store: Store, { conversationId, turnId }: SealingTurn): Promise<StoredTurn> {
  const stored = await store.read.turnEvents(turnId, -1);
  const fold = createTurnFold(conversationId, turnId);
  for (const { event } of stored) fold.add(event);
  return { fold, next: (stored.at(-1)?.n ?? -1) + 1 };
}

async function unseen(store: Store, turnId: string, seen: number): Promise<UnseenEvents> {
  const rest = await store.read.turnEvents(turnId, seen - 1);
  return { first: seen, events: rest.map(({ event }) => event) };
}
