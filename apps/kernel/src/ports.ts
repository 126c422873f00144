/**
 * What the parts of the kernel ask of each other. Every port is asynchronous, even where today's adapter is not.
 * Nothing below storage/ leaves storage/: plans receive {@link Queries}, not a driver.
 */
import type { AgentEvent, Chunk, Role, StoredChunk, TurnMetrics } from '@dispatch/wire';
import type { ApprovalQueries, ApprovalReads } from './approval/approval-store.ts';
import type { DomainEventDraft, ExtensionStore } from './extension/extension-store.ts';
import type { AuditDraft, PeopleQueries, PeopleReads } from './identity/people-store.ts';
import type { QueuedMessageRow, QueueQueries } from './queue/queue-store.ts';
import type { Rows, Statement, Step } from './step.ts';
import type { NewPlace, PlaceQueries, TurnPlace } from './turn/turn-place.ts';
import type { UserEventDraft, UserEventSlice, WrittenUserEvent } from './user-event-ports.ts';

export type { Rows, Statement, Step } from './step.ts';
export type { Clock, IdKind, Ids, Log, Publisher } from './surroundings.ts';

export type ConversationStatus = 'active' | 'idle' | 'closed';

export interface ConversationRow {
  readonly id: string;
  readonly ownerId: string;
  /** Null until set or taken from the first message. */
  readonly title: string | null;
  /** Sticky model; null: the kernel's default. */
  readonly model: string | null;
  /** Tried in order when a model fails before its first byte. Empty: the configuration's. */
  readonly fallbackModels: readonly string[];
  readonly cwd: string | null;
  readonly status: ConversationStatus;
  /** How often it was closed. */
  readonly closes: number;
  readonly createdAt: number;
  readonly lastActivityAt: number;
  /** Place of its newest activity among all of its owner's; the higher the newer. See {@link Queries.nextActivity}. */
  readonly activity: number;
  /** Something in the stored row cannot be what was written; those fields are empty here. Such a row is not written over. */
  readonly damaged?: true;
}

/** What is kept of one person being there or not. */
export interface PresenceRow {
  readonly userId: string;
  readonly statusText: string | null;
  /** Time of day of the last change of the bit or the text. Null: never. */
  readonly lastSeenAt: number | null;
  /** What others were told last. */
  readonly toldOnline: boolean;
}

export type TurnState = 'running' | 'sealed';

export interface TurnRow {
  readonly id: string;
  readonly conversationId: string;
  readonly state: TurnState;
  /** The kernel start that owns it; commits of another one are refused. */
  readonly fence: number;
  /** User that started it. */
  readonly startedBy: string;
  /** The model asked for; what answered is in the metrics. */
  readonly model: string;
  readonly startedAt: number;
  /** Null while it runs. */
  readonly sealedAt: number | null;
  /** `done.reason`; null while it runs. */
  readonly reason: string | null;
  /** Null while it runs. */
  readonly metrics: TurnMetrics | null;
}

/** A chunk to append; its `seq` and hash are given inside the commit, in the order of the list. */
export interface ChunkDraft {
  readonly conversationId: string;
  readonly turnId: string;
  /** Chunks of one message share it. */
  readonly messageId: string;
  readonly role: Role;
  readonly chunk: Chunk;
}

/** An event of a turn with its index in that turn. */
export interface TurnEventDraft {
  readonly turnId: string;
  readonly n: number;
  readonly event: AgentEvent;
}

/** What a plan may ask and change. Each call is one statement of the surrounding transaction. */
export interface Queries {
  /** Throws `DamagedRowError` when the row is lost, or cannot tell whose it is. */
  conversation(id: string): Step<ConversationRow | undefined>;
  /** Inserts or replaces the whole row. Throws `DamagedRowError` instead of writing over a damaged one. */
  putConversation(row: ConversationRow): Step<void>;
  /** The place of what happens now in the order of this owner's conversations: above every place given before. */
  nextActivity(ownerId: string): Step<number>;
  turn(id: string): Step<TurnRow | undefined>;
  runningTurn(conversationId: string): Step<TurnRow | undefined>;
  /** Without `place` it is the first version of a new beat, behind the turn that started last. */
  insertTurn(row: TurnRow, place?: NewPlace): Step<void>;
  /** The same for a sealed turn of another conversation: it has no events, and counts in no report a second time. */
  insertCopy(row: TurnRow, place: NewPlace): Step<void>;
  /**
   * Hands a running turn of an earlier start to this one: its `fence` becomes `fence`. False: it was not running, or a later start owns it, and
   * nothing changed. Called in the commit of boot recovery, before {@link Queries.sealTurn}; that commit carries no fence of its own.
   */
  adoptTurn(turnId: string, fence: number): Step<boolean>;
  /** Marks a running turn as sealed. False: it was not running, and nothing changed. */
  sealTurn(turnId: string, seal: TurnSeal): Step<boolean>;
  readonly people: PeopleQueries;
  readonly places: PlaceQueries;
  readonly queue: QueueQueries;
  readonly approvals: ApprovalQueries;
  /** Changes the text alone. */
  putStatusText(userId: string, statusText: string | null, lastSeenAt: number): Step<void>;
  /** Changes what others were told alone. */
  putToldOnline(userId: string, toldOnline: boolean, lastSeenAt: number | null): Step<void>;
}

export interface TurnSeal {
  readonly sealedAt: number;
  readonly reason: string;
  readonly metrics: TurnMetrics;
}

/** What a plan wants written beside the changes it made through {@link Queries}. */
export interface Planned<R> {
  readonly chunks?: readonly ChunkDraft[];
  readonly turnEvents?: readonly TurnEventDraft[];
  /** Get their ids inside the commit, in the order of the list. */
  readonly domainEvents?: readonly DomainEventDraft[];
  /** Rows of the audit trail, in the order of the list. */
  readonly audit?: readonly AuditDraft[];
  /** Get their numbers inside the commit, in the order of the list. */
  readonly userEvents?: readonly UserEventDraft[];
  /** JSON. Kept with the idempotency key, so that a repeat gets the same. */
  readonly result: R;
  /** True: roll everything back and keep no key; the outcome is `refused` with this result. */
  readonly refused?: boolean;
}

export interface IdempotencyKey {
  /** User id; keys of different users never meet. */
  readonly principal: string;
  readonly key: string;
  /** What the key was used for, for example `chat.send`. */
  readonly operation: string;
  /** Hash of the request's meaning; another one under the same key is a mismatch. */
  readonly bodyHash: string;
  /** {@link Store.age} at which the key is forgotten (24 h after its use). */
  readonly expiresAt: number;
}

export interface CommitRequest<R> {
  /**
   * True: it ends a turn, so it may use the room that is kept for that. Every other commit is `full` from when that room was needed until it could be
   * kept again.
   */
  readonly seals?: boolean;
  /** Commit only while this turn is running under this fence. */
  readonly fence?: { readonly turnId: string; readonly fence: number };
  readonly idempotency?: IdempotencyKey;
  /** Runs inside the transaction; reads after its own changes; cannot await. An exception rolls back and is rethrown. */
  readonly plan: (q: Queries) => Generator<Statement, Planned<R>, Rows>;
}

export type CommitOutcome<R> =
  | { readonly kind: 'committed'; readonly result: R }
  /** The same key and body were committed before; this is the result of then. Nothing was written. */
  | { readonly kind: 'repeated'; readonly result: R }
  | { readonly kind: 'refused'; readonly result: R }
  /** The key was used with another body. */
  | { readonly kind: 'key-mismatch' }
  /** The turn is not running, or another start of the kernel owns it. */
  | { readonly kind: 'fenced' }
  /** The disk is full or fails to write; nothing was written. */
  | { readonly kind: 'full' };

export interface HistorySlice {
  /** Exclusive lower bound. */
  readonly sinceSeq: number;
  /** Exclusive upper bound. */
  readonly beforeSeq?: number;
  /** The newest so many of the selection; without it all of it. Given in ascending order either way. */
  readonly limit?: number;
}

export interface ConversationFilter {
  readonly ownerId: string;
  /** Part of the title (any case) or start of the id. */
  readonly q?: string;
  readonly status?: ConversationStatus;
  readonly limit: number;
  /** Rows strictly behind this position in the order newest activity first, then id. */
  readonly before?: { readonly activity: number; readonly id: string };
}

/** A page of an owner's conversations, of one moment. */
export interface ConversationPage {
  readonly rows: readonly ConversationRow[];
  /** Newest number of the owner's stream at that moment. */
  readonly userSeq: number;
}

/** Figures of the sealed turns of one model in a range. */
export interface ThroughputRow {
  readonly model: string;
  readonly totalOutputTokens: number;
  readonly totalGenMs: number;
  readonly turns: number;
}

/** Reads outside a commit. Each sees one consistent state. */
export interface Reads {
  /** Rejects with `DamagedRowError` when the row is lost, or cannot tell whose it is. */
  conversation(id: string): Promise<ConversationRow | undefined>;
  conversations(filter: ConversationFilter): Promise<ConversationPage>;
  /** Rejects with `DamagedHistoryError`, which has the rest, when chunks are missing or are not what was written. */
  history(conversationId: string, slice: HistorySlice): Promise<readonly StoredChunk[]>;
  /** As {@link PlaceQueries.all}, outside a commit. */
  places(conversationId: string): Promise<readonly TurnPlace[] | undefined>;
  /** As {@link PlaceQueries.each}, outside a commit. */
  eachPlace(conversationId: string): Promise<readonly TurnPlace[]>;
  /** Metrics of the sealed turns, in the order they started. Rejects with `DamagedMetricsError`, which has the rest. */
  metrics(conversationId: string): Promise<readonly TurnMetrics[]>;
  turn(id: string): Promise<TurnRow | undefined>;
  /** The running turn, or else the one that started last. */
  newestTurn(conversationId: string): Promise<TurnRow | undefined>;
  /** Turns of the conversation that started after this one of it (null: all of them), oldest first. */
  turnsAfter(conversationId: string, turnId: string | null): Promise<readonly TurnRow[]>;
  /** Events with an index above `after`, in order; the first `limit` of them, or all. Empty when they were trimmed. Rejects with `DamagedEventsError`, which has the rest. */
  turnEvents(turnId: string, after: number, limit?: number): Promise<readonly TurnEventDraft[]>;
  /** The first `limit` numbers of a user's stream above `after`. */
  userEvents(userId: string, after: number, limit: number): Promise<UserEventSlice>;
  runningTurns(): Promise<readonly TurnRow[]>;
  /** Messages that wait for a turn, in the order in which they are taken. Damaged ones are left out and reported. */
  queue(conversationId: string): Promise<readonly QueuedMessageRow[]>;
  /** Sealed turns with `from <= sealedAt < to`, by the model that answered. */
  throughput(from: number, to: number): Promise<readonly ThroughputRow[]>;
  /** Of everybody of whom anything is kept. Rows that cannot be what was written are left out. */
  presence(): Promise<readonly PresenceRow[]>;
  readonly approvals: ApprovalReads;
}

/**
 * The only record. Writes reject with `StoreBusyError` when another process keeps it locked; then nothing was written. Once it was found damaged it takes
 * no more writes but those that end running turns: the others reject with `StoreReadOnlyError`.
 */
export interface Store {
  /** 128 random bits as hex, made with the database. */
  readonly epoch: string;
  /** Number of this start of the kernel; 1 for the first. */
  readonly fence: number;
  readonly read: Reads;
  readonly extensions: ExtensionStore;
  readonly people: PeopleReads;
  /**
   * Milliseconds that pass only while a kernel has the store open, counted on over its starts. For expiry: no clock that is set, or was wrong, makes
   * anything older or younger.
   */
  age(): number;
  commit<R>(request: CommitRequest<R>): Promise<CommitOutcome<R>>;
  /** Told of what each commit wrote for users, behind the commit and in the order of commits, until the returned function is called. Must not throw. */
  onUserEvents(listener: (events: readonly WrittenUserEvent[]) => void): () => void;
  /** The path of streamed text: events of any number of turns of this kernel in one transaction. */
  appendTurnEvents(batch: readonly TurnEventDraft[]): Promise<'committed' | 'fenced' | 'full'>;
  /**
   * Deletes turn events of turns sealed before the age `before`, domain events of before then that every cursor has passed, events of users of 6 days
   * before then or beyond 10,000 each, and keys expired at the age `now`, a bounded number a call; true when there may be more. On a full disk it deletes nothing.
   */
  trim(before: number, now: number): Promise<boolean>;
  close(): Promise<void>;
}

export type { ModelList, Models, ResolvedModel, Tools } from './model-ports.ts';
export type { StartedVersion, StartTurnOutcome, StartTurnRequest, TurnFailure, Turns } from './turn-ports.ts';
export type { UserEventDraft, UserEventSlice, WrittenUserEvent } from './user-event-ports.ts';
