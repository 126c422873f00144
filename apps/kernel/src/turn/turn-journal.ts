import type { AgentEvent } from '@dispatch/wire';
import type { Clock, Log, Publisher, Store, TurnEventDraft } from '../ports.ts';
import { createTurnFold, type TurnFold } from './fold.ts';
import {
  createSettled,
  JournalError,
  type JournalFailure,
  refused,
  type Settled,
} from './journal-outcome.ts';

/** Text that arrives within one tick becomes one event. One tick for all turns of the kernel. */
const TICK_MS = 15;
/** While commits take longer, the provider is read no faster than what it says is stored. */
const SLOW_COMMIT_MS = 100;
/** Deltas are not joined beyond this many characters, so that no event outgrows a frame. */
const JOINED_CHARACTERS = 65_536;

/** The events of one turn on their way to the store and, from there, to the watchers. */
export interface TurnWriter {
  /** Everything stored so far. */
  readonly fold: TurnFold;
  /** Index of the next event. */
  readonly next: number;
  /** Set by the first write that failed; later ones are refused. */
  readonly failure: JournalFailure | undefined;
  /** Commits at once, behind everything handed over before. Resolves after the commit and its publication. */
  append(event: AgentEvent): Promise<void>;
  /** Commits together with whatever is appended next; for events that are always followed at once. */
  appendAlong(event: AgentEvent): void;
  /** Commits with the next tick. Adjacent deltas of one kind become one event. */
  appendSoon(event: DeltaEvent): void;
  /**
   * Stores what a commit of its own decides, behind everything handed over before. `commit` gets the index of the first event and answers with the events it
   * stored, or with why it could not. Rejects, and ends the writing, when it could not.
   */
  insert(commit: (first: number) => Promise<readonly AgentEvent[] | JournalFailure>): Promise<void>;
  /** Set while commits take too long and something of this turn is not stored yet; resolves once a commit more is over. */
  pressure(): Promise<void> | undefined;
  /** Commits what waits and accepts nothing more. Never rejects: see {@link TurnWriter.failure}. */
  close(): Promise<void>;
}

export type DeltaEvent = Extract<AgentEvent, { type: 'text-delta' | 'reasoning-delta' }>;

/** Stores the events of all turns, many in one transaction. */
export interface TurnJournal {
  /** `stored` are the events the admission committed; `onFailure` is called once. */
  open(
    turn: { readonly conversationId: string; readonly turnId: string },
    stored: readonly AgentEvent[],
    onFailure: (failure: JournalFailure) => void,
  ): TurnWriter;
}

interface Entry {
  event: AgentEvent;
  /** Whether further deltas may be joined to it. */
  readonly joins: boolean;
  readonly settled: Settled;
}

interface Lane {
  readonly conversationId: string;
  readonly turnId: string;
  readonly fold: TurnFold;
  readonly onFailure: (failure: JournalFailure) => void;
  next: number;
  waiting: Entry[];
  urgent: boolean;
  /** Something of it is being stored; nothing else of it may be meanwhile. */
  writing: boolean;
  closed: boolean;
  failure: JournalFailure | undefined;
}

interface Taken {
  readonly lane: Lane;
  readonly entries: readonly Entry[];
}

export interface JournalParts {
  readonly store: Store;
  readonly publisher: Publisher;
  readonly clock: Clock;
  readonly log: Log;
}

export function createTurnJournal({ store, publisher, clock, log }: JournalParts): TurnJournal {
  const lanes = new Set<Lane>();
  let ticking = false;
  let tickDue = false;
  let commit: { readonly since: number; readonly done: Promise<void> } | undefined;
  /**
   * Whether the last commit took too long. The store commits without giving up the thread, so that nobody can look at a commit that runs: only the
   * one before tells how the next will be.
   */
  let slow = false;

  /** One commit at a time: what arrives meanwhile travels together in the next one. */
  function pump(): void {
    if (commit !== undefined) return;
    const taken = take();
    if (taken.length === 0) return;
    const since = clock.mono();
    const done = write(taken).then(() => {
      slow = clock.mono() - since > SLOW_COMMIT_MS;
      commit = undefined;
      pump();
    });
    commit = { since, done };
  }

  function take(): readonly Taken[] {
    const due = [...lanes].filter(
      (lane) => !lane.writing && lane.waiting.length > 0 && (lane.urgent || tickDue),
    );
    tickDue = false;
    return due.map((lane) => {
      const entries = lane.waiting;
      lane.waiting = [];
      lane.urgent = false;
      lane.writing = true;
      return { lane, entries };
    });
  }

  async function write(taken: readonly Taken[]): Promise<void> {
    const outcome = await store.appendTurnEvents(taken.flatMap(drafts)).catch((error: unknown) => {
      log.error({ err: error }, 'turn events could not be stored');
      return 'broken' as const;
    });
    if (outcome === 'committed') taken.forEach(succeed);
    else if (outcome !== 'full' && taken.length > 1) for (const one of taken) await write([one]);
    else for (const one of taken) fail(one, outcome);
  }

  function succeed({ lane, entries }: Taken): void {
    lane.writing = false;
    for (const { event, settled } of entries) {
      const n = lane.next++;
      lane.fold.add(event);
      publish(lane, event, n);
      settled.resolve();
    }
  }

  /** What is stored is stored: a fan-out that throws is its own problem and must not stop the journal. */
  function publish({ conversationId, turnId }: Lane, event: AgentEvent, n: number): void {
    try {
      publisher.publish(conversationId, { type: 'chat.delta', event, n });
    } catch (error) {
      log.error({ err: error, turnId, n }, 'a stored turn event could not be published');
    }
  }

  function fail({ lane, entries }: Taken, failure: JournalFailure): void {
    const lost = [...entries, ...lane.waiting];
    lane.waiting = [];
    lane.writing = false;
    lane.failure = failure;
    for (const { settled } of lost) settled.reject(new JournalError(failure));
    lane.onFailure(failure);
  }

  async function insert(
    lane: Lane,
    store: (first: number) => Promise<readonly AgentEvent[] | JournalFailure>,
  ): Promise<void> {
    while (lane.waiting.length > 0 || lane.writing) {
      lane.urgent = true;
      pump();
      await commit?.done;
    }
    if (lane.failure !== undefined) return refused(lane.failure);
    lane.writing = true;
    const stored = await store(lane.next).catch((error: unknown) => {
      log.error({ err: error, turnId: lane.turnId }, 'a message could not be steered into its turn');
      return 'broken' as const;
    });
    if (typeof stored === 'string') {
      fail({ lane, entries: [] }, stored);
      return refused(stored);
    }
    succeed({ lane, entries: stored.map((event) => ({ event, joins: false, settled: createSettled() })) });
    lane.urgent = lane.waiting.length > 0;
    pump();
  }

  function tick(): void {
    if (ticking) return;
    ticking = true;
    clock.after(TICK_MS, () => {
      ticking = false;
      tickDue = true;
      pump();
    });
  }

  function enter(lane: Lane, event: AgentEvent, joins: boolean): Promise<void> {
    if (lane.failure !== undefined) return refused(lane.failure);
    if (lane.closed) return refused('closed');
    const last = lane.waiting.at(-1);
    const joined = joins && last?.joins === true ? join(last.event, event) : undefined;
    if (last !== undefined && joined !== undefined) {
      last.event = joined;
      return last.settled.promise;
    }
    const settled = createSettled();
    lane.waiting.push({ event, joins, settled });
    return settled.promise;
  }

  return {
    open({ conversationId, turnId }, stored, onFailure) {
      const fold = createTurnFold(conversationId, turnId);
      for (const event of stored) fold.add(event);
      const lane: Lane = {
        conversationId,
        turnId,
        fold,
        onFailure,
        next: stored.length,
        waiting: [],
        urgent: false,
        writing: false,
        closed: false,
        failure: undefined,
      };
      lanes.add(lane);
      return {
        fold,
        get next() {
          return lane.next;
        },
        get failure() {
          return lane.failure;
        },
        append(event) {
          const stored = enter(lane, event, false);
          lane.urgent = true;
          pump();
          return stored;
        },
        appendAlong(event) {
          void enter(lane, event, false);
        },
        insert: (store) => insert(lane, store),
        appendSoon(event) {
          void enter(lane, event, true);
          tick();
        },
        pressure() {
          if (commit !== undefined && (slow || clock.mono() - commit.since > SLOW_COMMIT_MS))
            return commit.done;
          const last = slow ? lane.waiting.at(-1) : undefined;
          // A failed write is told by `onFailure`; whoever waits here only wants to know when it is over.
          return last?.settled.promise.catch(() => {});
        },
        async close() {
          lane.closed = true;
          lane.urgent = true;
          const last = lane.waiting.at(-1);
          pump();
          await Promise.allSettled([last?.settled.promise ?? commit?.done]);
          lanes.delete(lane);
        },
      };
    },
  };
}

function drafts({ lane, entries }: Taken): readonly TurnEventDraft[] {
  return entries.map(({ event }, index) => ({ turnId: lane.turnId, n: lane.next + index, event }));
}

function join(a: AgentEvent, b: AgentEvent): DeltaEvent | undefined {
  if (a.type !== 'text-delta' && a.type !== 'reasoning-delta') return undefined;
  if (b.type !== a.type || a.delta.length + b.delta.length > JOINED_CHARACTERS) return undefined;
  return { ...a, delta: a.delta + b.delta };
}
