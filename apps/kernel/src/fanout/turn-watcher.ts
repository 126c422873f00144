import { conversationOfTopic, type LinkWatchFrame, type TurnBoundary, type TurnCursor } from '@dispatch/link';
import type { WsServerMessage } from '@dispatch/transport-contract';
import { mayTouch } from '../policy/conversation-policy.ts';
import type { Log, TurnRow } from '../ports.ts';
import {
  type CatchUpReads,
  failureFrame,
  findStart,
  type PublishedPosition,
  resetFrame,
  type Start,
  startWithoutCursor,
} from './catch-up.ts';
import type { Outlet } from './outlet.ts';

/** Events read at once during a catch-up. */
const PAGE = 500;

/**
 * `catching-up`: live frames are held or will be read · `live`: gets every frame as it is published · `unowned`: the conversation did
 * not exist, or nobody could tell whose it is; the next frame decides · `foreign`: it is somebody else's, and silent.
 */
export type TurnWatcherState = 'catching-up' | 'live' | 'unowned' | 'foreign';

export interface TurnWatcherParts {
  readonly read: CatchUpReads;
  readonly log: Log;
  /** Position of the conversation's open turn at the moment of the call. */
  published(conversationId: string): PublishedPosition | undefined;
}

/**
 * One connection's watch of one conversation. It is attached to the live source first and reads the store second; what is
 * published meanwhile is held, so that the step from replay to live has neither gap nor repeat.
 */
export class TurnWatcher {
  readonly #frame: LinkWatchFrame;
  readonly #conversationId: string;
  readonly #outlet: Outlet;
  readonly #parts: TurnWatcherParts;
  #state: TurnWatcherState = 'catching-up';
  #announced = false;
  readonly #wasAnnounced: boolean;
  #cancelled = false;
  /** True: it was read, and is this user's. */
  #isTheirs = false;
  /** Where the next frame begins while that is not known. */
  #cursor: LinkWatchFrame['after'];
  #failures = 0;
  /** Undefined: nothing is held, because the store is read again anyway. */
  #held: WsServerMessage[] | undefined = [];
  readonly #seenTurns = new Set<string>();
  /** The newest turn that was over when this watch began. */
  #behind: string | null = null;
  /** The last event given to the connection. */
  #at: { readonly turnId: string; readonly n: number; readonly open: boolean } | undefined;

  /** `wasAnnounced`: this connection's watch before this one was complete, so its gateway may still deliver to it. */
  constructor(frame: LinkWatchFrame, outlet: Outlet, parts: TurnWatcherParts, wasAnnounced: boolean) {
    this.#wasAnnounced = wasAnnounced;
    this.#frame = frame;
    this.#conversationId = conversationOfTopic(frame.topic);
    this.#outlet = outlet;
    this.#parts = parts;
  }

  get conn(): string {
    return this.#frame.conn;
  }

  get state(): TurnWatcherState {
    return this.#state;
  }

  /** True: its gateway gives it every frame of the topic, wanted or not. */
  get isAnnounced(): boolean {
    return this.#announced || this.#wasAnnounced;
  }

  start(): void {
    void this.#run(this.#frame.after);
  }

  cancel(): void {
    this.#cancelled = true;
    this.#held = undefined;
  }

  /** A frame was published while this watcher is not live. */
  hold(frame: WsServerMessage): void {
    if (this.#state === 'foreign') return;
    const turnId = turnOf(frame);
    if (turnId !== undefined) this.#seenTurns.add(turnId);
    this.#held?.push(frame);
    if (this.#state === 'unowned') {
      this.#state = 'catching-up';
      this.#held = [frame];
      void this.#run(this.#cursor);
    }
  }

  /** A frame for this connection alone. */
  send(frame: WsServerMessage): void {
    this.#outlet.send({ conn: this.#frame.conn, topic: this.#frame.topic, frame });
  }

  async #run(cursor: LinkWatchFrame['after']): Promise<void> {
    try {
      const row = await this.#parts.read.conversation(this.#conversationId);
      if (this.#cancelled) return;
      if (row === undefined || !mayTouch(this.#frame.userId, row)) {
        this.#refuse(cursor);
        return this.#finish(row === undefined ? 'unowned' : 'foreign');
      }
      this.#isTheirs = true;
      await this.#catchUp(await findStart(this.#parts.read, this.#conversationId, cursor, this.#published));
    } catch (error) {
      if (this.#cancelled) return;
      this.send(failureFrame(this.#conversationId, error, this.#parts.log));
      this.#finish(this.#isTheirs ? 'live' : this.#unread(cursor));
    }
  }

  /** Nobody can tell whose it is: nothing is given, and the next frame is one more try, the last. */
  #unread(cursor: LinkWatchFrame['after']): TurnWatcherState {
    this.#failures += 1;
    this.#cursor = cursor;
    return this.#failures > 1 ? 'foreign' : 'unowned';
  }

  async #catchUp(start: Start): Promise<void> {
    const { read } = this.#parts;
    let { turn, after: n } = start;
    let later: TurnRow[] = [];
    let resets = 0;
    if (this.#cancelled) return;
    this.#behind = start.behind;
    if (start.reset !== undefined) this.send(start.reset);
    while (turn !== undefined) {
      this.#at = { turnId: turn.id, n, open: turn.state === 'running' };
      this.#held = [];
      const page = await read.turnEvents(turn.id, n, PAGE);
      if (this.#cancelled) return;
      const cap = this.#publishedUpTo(turn);
      const fitting = page.filter((event) => event.n <= cap);
      if (isBroken(turn, n, page)) {
        if (resets++ > 0) throw new Error('the events of a running turn are incomplete');
        this.send(resetFrame(this.#conversationId, turn.id, 'too-old'));
        const again = await startWithoutCursor(read, this.#conversationId, this.#published);
        if (this.#cancelled) return;
        ({ turn, after: n } = again);
        this.#behind = again.behind;
        this.#at = undefined;
        later = [];
        continue;
      }
      let waited = false;
      for (const event of fitting) {
        // One drain wakes every replay of the link, so each looks again before it adds to it.
        while (this.#outlet.isFull) {
          this.#held = undefined;
          waited = true;
          await this.#outlet.drained();
          if (this.#cancelled) return;
        }
        this.#give({ type: 'chat.delta', event: event.event, n: event.n }, turn.id, event.n);
        n = event.n;
      }
      if (waited) continue;
      if (fitting.length < page.length) {
        this.#at = { turnId: turn.id, n, open: true };
        return this.#finish('live');
      }
      if (page.length >= PAGE) continue;
      if (this.#at?.open) return this.#finish('live');
      if (later.length === 0) later = [...(await read.turnsAfter(this.#conversationId, turn.id))];
      if (this.#cancelled) return;
      turn = later.shift();
      n = -1;
    }
    this.#finish('live');
  }

  readonly #published = (): PublishedPosition | undefined => this.#parts.published(this.#conversationId);

  /** Events of the turn above this index are stored but not published yet: they will come live. */
  #publishedUpTo(turn: TurnRow): number {
    const open = this.#published();
    if (open?.turnId === turn.id) return open.n;
    return turn.state === 'running' && !this.#seenTurns.has(turn.id) ? -1 : Number.POSITIVE_INFINITY;
  }

  /** The one synchronous step from replay to live. */
  #finish(state: TurnWatcherState): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    this.#state = state;
    if (state === 'live') for (const frame of held) this.#giveHeld(frame);
    if (this.#announced) return;
    this.#announced = true;
    const { conn, topic } = this.#frame;
    this.#outlet.send({ type: 'watched', conn, topic, at: this.#position() });
  }

  #position(): TurnCursor | TurnBoundary {
    if (this.#at === undefined) return { behind: this.#behind };
    const { turnId, n, open } = this.#at;
    return open ? { turnId, n } : { behind: turnId };
  }

  /** A foreign conversation has no turns, as an unknown one has none. */
  #refuse(cursor: LinkWatchFrame['after']): void {
    if (cursor === undefined || 'behind' in cursor || (cursor.turnId === undefined && cursor.n === -1))
      return;
    this.send(resetFrame(this.#conversationId, cursor.turnId, 'unknown-turn'));
  }

  /** Gives a held frame unless the replay had it, or it is the end of a turn whose beginning is not wanted. */
  #giveHeld(frame: WsServerMessage): void {
    if (frame.type !== 'chat.delta' || frame.n === undefined) {
      this.send(frame);
      return;
    }
    const turnId = turnOf(frame) ?? this.#at?.turnId;
    const wanted = turnId === this.#at?.turnId ? (this.#at?.n ?? -1) + 1 : 0;
    if (turnId !== undefined && frame.n === wanted) this.#give(frame, turnId, frame.n);
  }

  #give(frame: Extract<WsServerMessage, { type: 'chat.delta' }>, turnId: string, n: number): void {
    this.send(frame);
    this.#at = { turnId, n, open: frame.event.type !== 'turn-sealed' };
  }
}

/** Whether events between `n` and the page are gone. */
function isBroken(turn: TurnRow, n: number, page: readonly { readonly n: number }[]): boolean {
  const first = page[0];
  if (first !== undefined) return first.n !== n + 1;
  return n === -1 && turn.state === 'sealed';
}

/** The turn a frame belongs to, if it belongs to one. */
export function turnOf(frame: WsServerMessage): string | undefined {
  return frame.type === 'chat.delta' && 'turnId' in frame.event ? frame.event.turnId : undefined;
}
