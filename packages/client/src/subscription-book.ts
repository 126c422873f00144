import type { UserEvent } from '@dispatch/collab-contract';
import type { ChatSubscribeMessage, TurnReplacedMessage } from '@dispatch/transport-contract';
import type { AgentEvent } from '@dispatch/wire';
import { DispatchError } from './dispatch-error.ts';

/** The last event of a conversation's turns that a subscriber was given. */
export interface ChatCursor {
  /** The turn `after` counts in; absent: the conversation's newest turn. */
  readonly turnId?: string;
  /** Index of the last event given; -1: none of that turn. */
  readonly after: number;
}

/** Why a subscriber has to start over: the contract's reasons, and two that the client finds itself. */
export interface ChatReset {
  readonly conversationId: string;
  /** The turn the cursor named; absent when it named none. */
  readonly turnId?: string;
  /**
   * `unknown-turn`, `ahead`, `too-old` by the server. `no-cursor`: the line was down before the first event, so
   * whole turns may have passed unseen. `gap`: an index is missing even after asking again.
   */
  readonly reason: string;
}

/** Where an event stands; both absent when the server numbers no events. */
export interface ChatEventPosition {
  /** Turn the index counts in; absent on a status event outside a turn. */
  readonly turnId?: string;
  /** 0-based, gap-free per turn. */
  readonly n?: number;
}

export interface ChatSubscriber {
  /** Each event once, in order. */
  onEvent(event: AgentEvent, position: ChatEventPosition): void;
  /** What was given so far may be incomplete: read the history again. */
  onReset(reset: ChatReset): void;
  /** Another version of one of its beats is shown. More than once for the same, so that applying it twice must equal once. */
  onReplaced(replaced: TurnReplacedMessage): void;
}

/** How many turns of a conversation are remembered to tell a repeated event from a new one. */
const REMEMBERED_TURNS = 32;

interface Entry {
  readonly subscriber: ChatSubscriber;
  /** Index of the last event given, per turn, oldest turn first. */
  readonly seen: Map<string, number>;
  /** What to ask for next time; undefined until the first numbered event. */
  cursor: ChatCursor | undefined;
  /** Asked for again because an index was missing: the highest index dropped since. Undefined: nothing is missing. */
  missing: number | undefined;
  /** Subscribed on some line before. */
  asked: boolean;
}

/** The subscriptions of one connection: turns frames that may repeat or miss into each event once, in order. */
export class SubscriptionBook {
  readonly #entries = new Map<string, Entry>();

  add(conversationId: string, cursor: ChatCursor | undefined, subscriber: ChatSubscriber): void {
    if (this.#entries.has(conversationId)) {
      throw new DispatchError({
        code: 'already-subscribed',
        message: `This connection already has a subscriber for conversation ${conversationId}.`,
        hint: 'Share the subscriber, or open a second connection.',
      });
    }
    const seen = new Map<string, number>();
    if (cursor?.turnId !== undefined) seen.set(cursor.turnId, cursor.after);
    this.#entries.set(conversationId, { subscriber, seen, cursor, missing: undefined, asked: false });
  }

  /** Whether there was one. */
  remove(conversationId: string): boolean {
    return this.#entries.delete(conversationId);
  }

  cursor(conversationId: string): ChatCursor | undefined {
    return this.#entries.get(conversationId)?.cursor;
  }

  conversationIds(): string[] {
    return [...this.#entries.keys()];
  }

  /** The frame that asks for what a subscriber has not seen. A first-time subscriber without cursor is told nothing is lost. */
  subscribeFrame(conversationId: string): ChatSubscribeMessage {
    const entry = this.#entries.get(conversationId);
    if (entry?.asked && entry.cursor === undefined) {
      entry.subscriber.onReset({ conversationId, reason: 'no-cursor' });
    }
    if (entry) entry.asked = true;
    return { type: 'chat.subscribe', conversationId, ...entry?.cursor };
  }

  /** An event arrived. True: an index is missing, so the subscription must be asked for again. */
  deliver(event: AgentEvent, n: number | undefined): boolean {
    const entry = this.#entries.get(event.conversationId);
    if (!entry) return false;
    const turnId = event.turnId;
    if (n === undefined || turnId === undefined) {
      entry.subscriber.onEvent(event, turnId === undefined ? {} : { turnId });
      return false;
    }
    const last = lastSeen(entry, turnId, n);
    if (n <= last) return false;
    if (entry.missing !== undefined && entry.cursor?.turnId !== turnId) return false;
    if (n > last + 1) {
      const first = entry.missing === undefined;
      // What was under way before the server heard the question rises; an answer starts below it.
      if (first || n > (entry.missing ?? 0)) {
        entry.missing = n;
        entry.cursor = { turnId, after: last };
        if (event.type !== 'turn-sealed') return first;
      }
      entry.subscriber.onReset({ conversationId: event.conversationId, turnId, reason: 'gap' });
    }
    entry.missing = undefined;
    entry.cursor = { turnId, after: n };
    entry.seen.delete(turnId);
    entry.seen.set(turnId, n);
    if (entry.seen.size > REMEMBERED_TURNS) {
      const oldest = entry.seen.keys().next();
      if (!oldest.done) entry.seen.delete(oldest.value);
    }
    entry.subscriber.onEvent(event, { turnId, n });
    return false;
  }

  /** The server cannot serve the cursor and goes on as if none had been sent. */
  reset(reset: ChatReset): void {
    const entry = this.#entries.get(reset.conversationId);
    if (!entry) return;
    entry.cursor = undefined;
    entry.missing = undefined;
    entry.seen.clear();
    entry.subscriber.onReset(reset);
  }

  /** What happened to one of the conversations, beside the events of their turns. */
  learn(event: UserEvent): void {
    if (event.type === 'turn-replaced') this.#entries.get(event.conversationId)?.subscriber.onReplaced(event);
  }

  /** A turn of ours was accepted. True: it may have run unseen, so the subscription must be asked for again. */
  expect(conversationId: string, turnId: string, resent: boolean): boolean {
    const entry = this.#entries.get(conversationId);
    if (!entry || entry.seen.has(turnId) || entry.cursor !== undefined) return false;
    entry.cursor = { turnId, after: -1 };
    return resent;
  }
}

function lastSeen(entry: Entry, turnId: string, n: number): number {
  const last = entry.seen.get(turnId);
  if (last !== undefined) return last;
  // A cursor without a turn counts in whichever turn was the newest: the first event tells which.
  const floating =
    entry.seen.size === 0 && entry.cursor?.turnId === undefined ? entry.cursor?.after : undefined;
  return floating !== undefined && n === floating + 1 ? floating : -1;
}
