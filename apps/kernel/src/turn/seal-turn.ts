import type { TurnReplacedEvent } from '@dispatch/collab-contract';
import { AGENT_EVENT_TYPES, type AgentEvent } from '@dispatch/wire';
import { agentEventSchema } from '@dispatch/wire/schema';
import { withdrawApprovals } from '../approval/withdraw-approvals.ts';
import { crashPoint } from '../crash-point.ts';
import type { DomainEventDraft } from '../extension/extension-store.ts';
import { kernelEvent } from '../extension/kernel-event.ts';
import { conversationEvents } from '../policy/conversation-events.ts';
import { audienceOf } from '../policy/conversation-policy.ts';
import type {
  Clock,
  CommitOutcome,
  Log,
  Step,
  Store,
  TurnEventDraft,
  TurnRow,
  TurnSeal,
  UserEventDraft,
} from '../ports.ts';
import { DamagedEventsError, DamagedRowError } from '../storage/rows.ts';
import { StoreReadOnlyError } from '../storage/store-damage.ts';
import { closeTurn } from './close-turn.ts';
import { createTurnFold, type TurnFold } from './fold.ts';
import { settleVersion } from './settle-version.ts';
import { DAMAGED_FAILURE, type TurnEnding } from './turn-ending.ts';

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
  /** The turn was another version and ended before it had said anything: what is shown again. Absent: it was not. */
  readonly withdrawn?: TurnReplacedEvent;
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
 * pauses. Undefined: the turn is no longer ours, its rows or the store are too damaged to end it in, or `giveUp` came first.
 *
 * Damage is not waited for, because it does not pass: of damaged events the readable ones before them are kept, and the turn ends with the error
 * `conversation-damaged`; a log that lost its end gets no chunks, since they would hide that; and where events for extensions and users
 * cannot be stored any more the turn ends without its own.
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
  let final = ending;
  let attempt = 0;
  let hasWarned = false;
  for (let retry = 0; !giveUp.aborted; retry += 1) {
    try {
      if (known === undefined) {
        if (await isSealedHere(store, turnId)) return await unseen(store, turnId, seen);
        const { damaged, ...loaded } = await loadTurn(store, turn);
        known = loaded;
        if (damaged) {
          final = { ...ending, reason: 'error', error: DAMAGED_FAILURE };
          log.error(
            { turnId },
            'a turn has damaged events; what stands behind the first of them is given up',
          );
        }
      }
      closing ??= closeTurn(turn, known.fold, final);
      const what = ATTEMPTS[attempt] ?? EVERYTHING;
      crashPoint('before-seal');
      const outcome = await commitSeal(parts, turn, known, { closing, reason: final.reason, ...what });
      crashPoint('after-seal');
      const { kind } = outcome;
      if (kind === 'committed') {
        const shown =
          known.next === seen ? { first: seen, events: closing } : await unseen(store, turnId, seen);
        return outcome.result === null ? shown : { ...shown, withdrawn: outcome.result };
      }
      if (kind !== 'full') {
        log.warn({ turnId, outcome: kind }, 'a turn was not sealed: it is not running under this start');
        return undefined;
      }
      if (!hasWarned) log.warn({ turnId }, 'the disk is full: a turn cannot be sealed yet');
      hasWarned = true;
    } catch (error) {
      log.error({ err: error, turnId }, 'a turn could not be sealed yet');
      if (error instanceof StoreReadOnlyError) return undefined;
      known = undefined;
      closing = undefined;
      if (error instanceof DamagedRowError) {
        // Damage does not pass: one more try with less, and another, and no more.
        attempt += 1;
        const next = ATTEMPTS[attempt];
        if (next === undefined) return undefined;
        if (!next.appends) final = { ...ending, reason: 'error', error: DAMAGED_FAILURE };
        continue;
      }
    }
    const pauseMs = Math.min(FIRST_RETRY_MS * 2 ** Math.min(retry, 10), LAST_RETRY_MS);
    await clock.sleep(pauseMs, giveUp).catch(() => {});
  }
  return undefined;
}

/** What a seal writes beside the turn itself. */
interface SealExtent {
  /** False: the conversation's log cannot be continued. */
  readonly appends: boolean;
  /** False: events for extensions and users cannot be stored, or approvals cannot be read. */
  readonly tells: boolean;
}

const EVERYTHING: SealExtent = { appends: true, tells: true };
/** In this order: what is damaged shows by what helps. */
const ATTEMPTS: readonly SealExtent[] = [
  EVERYTHING,
  { appends: true, tells: false },
  { appends: false, tells: true },
  { appends: false, tells: false },
];

interface Seal extends SealExtent {
  readonly closing: readonly AgentEvent[];
  readonly reason: string;
}

function commitSeal(
  { store, clock, log }: SealParts,
  turn: SealingTurn,
  { fold, next }: StoredTurn,
  { closing, reason, appends, tells }: Seal,
): Promise<CommitOutcome<TurnReplacedEvent | null>> {
  const { conversationId, turnId, startedAt, adopt } = turn;
  const sealedAt = clock.wall();
  return store.commit<TurnReplacedEvent | null>({
    seals: true,
    ...(adopt ? {} : { fence: { turnId, fence: store.fence } }),
    *plan(q) {
      if (adopt && !(yield* q.adoptTurn(turnId, store.fence))) return { result: null, refused: true };
      const metrics = fold.metrics(startedAt, sealedAt);
      const row = yield* q.turn(turnId);
      if (!(yield* q.sealTurn(turnId, { sealedAt, reason, metrics }))) return { result: null, refused: true };
      const replaced =
        (yield* unlessDamaged(settleVersion(q, conversationId, turnId, fold.hasSpoken()), log)) ?? [];
      let userEvents: readonly UserEventDraft[] = [];
      const conversation = yield* unlessDamaged(q.conversation(conversationId), log);
      if (conversation !== undefined && !conversation.damaged) {
        const status = conversation.status === 'closed' ? 'closed' : 'idle';
        const activity = yield* q.nextActivity(conversation.ownerId);
        const idle = { ...conversation, status, lastActivityAt: sealedAt, activity } as const;
        yield* q.putConversation(idle);
        const audience = audienceOf(idle);
        if (tells)
          userEvents = [
            ...replaced.map((event) => ({ audience, event })),
            ...conversationEvents(conversation, idle),
          ];
      }
      const readable = conversation?.damaged ? undefined : conversation;
      // Where nothing can be told, what is asked may be unreadable too; nobody runs it once the turn is sealed.
      const withdrawn = tells ? yield* withdrawApprovals(q, turnId, readable, sealedAt) : [];
      return {
        result: replaced.find(({ supersedes }) => supersedes === turnId) ?? null,
        ...(appends ? { chunks: fold.chunks() } : {}),
        turnEvents: closing.map((event, index) => ({ turnId, n: next + index, event })),
        ...(tells && row ? { domainEvents: sealedEvents(row, { reason, sealedAt, metrics }) } : {}),
        userEvents: tells ? [...withdrawn, ...userEvents] : [],
      };
    },
  });
}

/** What happened, for extensions. The row is that of the turn before its seal. */
function sealedEvents(row: TurnRow, { reason, sealedAt, metrics }: TurnSeal): readonly DomainEventDraft[] {
  const { id: turnId, conversationId, startedBy, model, startedAt } = row;
  const payload = { conversationId, turnId, startedBy, model, reason, startedAt, sealedAt, metrics };
  const sealed = kernelEvent('turn.sealed', payload);
  return FAILURES.has(reason) ? [sealed, kernelEvent('turn.failed', payload)] : [sealed];
}

/** Reasons for which `turn.failed` comes beside `turn.sealed`. */
const FAILURES: ReadonlySet<string> = new Set(['error', 'interrupted']);

async function isSealedHere(store: Store, turnId: string): Promise<boolean> {
  const row = await store.read.turn(turnId);
  return row?.state === 'sealed' && row.fence === store.fence;
}

/** A damaged row stays as it is; the turn's end must not hang on it. */
function* unlessDamaged<T>(step: Step<T>, log: Log): Step<T | undefined> {
  try {
    return yield* step;
  } catch (error) {
    if (!(error instanceof DamagedRowError)) throw error;
    log.error({ err: error }, 'a turn is sealed without something damaged that it belongs to');
    return undefined;
  }
}

/** A turn as it is stored. */
export interface LoadedTurn extends StoredTurn {
  /** What the fold was made of. */
  readonly events: readonly AgentEvent[];
  /** True: there are more, and they cannot be understood. */
  readonly damaged: boolean;
}

/** Folds the events up to the first that is missing or cannot be understood. `next` stands behind all of them. */
export async function loadTurn(
  store: Store,
  { conversationId, turnId }: Pick<SealingTurn, 'conversationId' | 'turnId'>,
): Promise<LoadedTurn> {
  const { events, next } = await readEvents(store, turnId, -1);
  const fold = createTurnFold(conversationId, turnId);
  const folded: AgentEvent[] = [];
  for (const { n, event } of events) {
    if (n !== folded.length || !isWhole(event)) break;
    fold.add(event);
    folded.push(event);
  }
  return { fold, next, events: folded, damaged: folded.length < next };
}

/** Whether an event has what its type promises. Types of a later version pass, and the fold ignores them. */
function isWhole(event: AgentEvent): boolean {
  return !AGENT_EVENT_TYPES.includes(event.type) || agentEventSchema.safeParse(event).success;
}

/** Behind damaged events watchers go on where everything can be read again; the seal itself always can. */
async function unseen(store: Store, turnId: string, seen: number): Promise<UnseenEvents> {
  const { events } = await readEvents(store, turnId, seen - 1);
  const from = events.findLastIndex(({ n }, index) => n - 1 !== (events[index - 1]?.n ?? seen - 1));
  const rest = events.slice(Math.max(from, 0));
  return { first: rest[0]?.n ?? seen, events: rest.map(({ event }) => event) };
}

async function readEvents(
  store: Store,
  turnId: string,
  after: number,
): Promise<{ readonly events: readonly TurnEventDraft[]; readonly next: number }> {
  try {
    const events = await store.read.turnEvents(turnId, after);
    return { events, next: (events.at(-1)?.n ?? after) + 1 };
  } catch (error) {
    if (!(error instanceof DamagedEventsError)) throw error;
    return { events: error.readable, next: error.lastN + 1 };
  }
}
