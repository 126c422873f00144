import type { TurnBoundary, TurnCursor } from '@dispatch/link';
import type { ChatResetReason, WsServerMessage } from '@dispatch/transport-contract';
import type { ConversationRow, Log, TurnEventDraft, TurnRow } from '../ports.ts';
import { reportOnce } from '../report-once.ts';
import { DamagedEventsError, DamagedRowError } from '../storage/rows.ts';

/** The reads a catch-up needs. */
export interface CatchUpReads {
  conversation(id: string): Promise<ConversationRow | undefined>;
  turn(id: string): Promise<TurnRow | undefined>;
  newestTurn(conversationId: string): Promise<TurnRow | undefined>;
  turnsAfter(conversationId: string, turnId: string | null): Promise<readonly TurnRow[]>;
  turnEvents(turnId: string, after: number, limit?: number): Promise<readonly TurnEventDraft[]>;
}

/** The last event of a turn that was published; gone once its `turn-sealed` was. */
export interface PublishedPosition {
  readonly turnId: string;
  readonly n: number;
}

/** Where a catch-up begins. */
export interface Start {
  /** Absent: there is nothing to catch up with. */
  readonly turn: TurnRow | undefined;
  /** Index of the last event of that turn the watcher has. */
  readonly after: number;
  /** The newest turn that is over for the watcher; the position of a watch that has nothing to catch up with. */
  readonly behind: string | null;
  /** Tells that the cursor could not be served; the start is then that of no cursor. */
  readonly reset?: WsServerMessage;
}

/** Turns what a watcher says it has into a start. `published` tells the conversation's position at the moment it is called. */
export async function findStart(
  read: CatchUpReads,
  conversationId: string,
  cursor: TurnCursor | TurnBoundary | undefined,
  published: () => PublishedPosition | undefined,
): Promise<Start> {
  if (cursor === undefined) return startWithoutCursor(read, conversationId, published);
  if ('behind' in cursor) {
    const [turn] = await read.turnsAfter(conversationId, cursor.behind);
    return { turn, after: -1, behind: cursor.behind };
  }
  const turn =
    cursor.turnId === undefined ? await read.newestTurn(conversationId) : await read.turn(cursor.turnId);
  // From the start of the newest turn, of a conversation without turns: whatever comes serves that.
  if (turn === undefined && cursor.turnId === undefined && cursor.n === -1) {
    return { turn, after: -1, behind: null };
  }
  const fault =
    turn === undefined || turn.conversationId !== conversationId
      ? 'unknown-turn'
      : await faultOf(read, turn, cursor.n);
  if (fault === undefined) return { turn, after: cursor.n, behind: null };
  const start = await startWithoutCursor(read, conversationId, published);
  return { ...start, reset: resetFrame(conversationId, cursor.turnId, fault) };
}

/** The running turn from its first event, or nothing. A turn counts as running until its `turn-sealed` was published. */
export async function startWithoutCursor(
  read: CatchUpReads,
  conversationId: string,
  published: () => PublishedPosition | undefined,
): Promise<Start> {
  const newest = await read.newestTurn(conversationId);
  const open = published();
  const behind = newest?.id ?? null;
  if (open !== undefined) return { turn: await read.turn(open.turnId), after: -1, behind };
  return { turn: newest?.state === 'running' ? newest : undefined, after: -1, behind };
}

/** Why the events behind index `n` of a turn cannot be given without a gap. */
async function faultOf(read: CatchUpReads, turn: TurnRow, n: number): Promise<ChatResetReason | undefined> {
  // Asks for the event at the cursor too, so that "nothing new" and "no longer there" differ.
  const [first] = await read.turnEvents(turn.id, Math.max(-1, n - 1), 1);
  if (first?.n === Math.max(0, n)) return undefined;
  if (first !== undefined) return 'too-old';
  if (n === -1) return turn.state === 'running' ? undefined : 'too-old';
  const [any] = await read.turnEvents(turn.id, -1, 1);
  return any === undefined && turn.state === 'sealed' ? 'too-old' : 'ahead';
}

/** Tells a watcher that what follows is not what its cursor asked for. */
export function resetFrame(
  conversationId: string,
  turnId: string | undefined,
  reason: ChatResetReason,
): WsServerMessage {
  return { type: 'chat.reset', conversationId, ...(turnId === undefined ? {} : { turnId }), reason };
}

/** Tells a watcher that nothing can be given from the store: never, when what is stored is damaged. */
export function failureFrame(conversationId: string, error: unknown, log: Log): WsServerMessage {
  const isDamage = error instanceof DamagedEventsError || error instanceof DamagedRowError;
  const fields = { err: error, conversationId };
  if (isDamage) reportOnce(log, error.message, fields, 'a replay met damaged rows');
  else log.error(fields, 'a replay failed');
  return {
    type: 'chat.error',
    conversationId,
    message: isDamage
      ? 'stored events of this conversation are damaged; read the history'
      : 'the conversation could not be read; subscribe again',
    code: isDamage ? 'conversation-damaged' : 'internal',
    retryable: !isDamage,
  };
}
