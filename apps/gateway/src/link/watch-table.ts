import type {
  LinkCatalogFrame,
  LinkDownFrame,
  LinkRevokedFrame,
  LinkUpFrame,
  LinkUserAtFrame,
  LinkUserEventFrame,
  LinkUsersFrame,
  LinkWatchedFrame,
  LinkWatchFrame,
  LinkWelcomeFrame,
  Topic,
  TurnBoundary,
  TurnCursor,
} from '@dispatch/link';
import type { Logger } from 'pino';
import type { Ids } from '../ids.ts';
import { SharedFrame } from './shared-frame.ts';

export interface WatchRequest {
  readonly topic: Topic;
  /** User the watch is for. */
  readonly userId: string;
  /** What they showed, and what it allows; the kernel asks for both. */
  readonly sessionId?: string;
  readonly scopes?: readonly string[];
  /** Where the watcher stopped. Absent: a running turn from its start. */
  readonly after?: TurnCursor;
  /**
   * Gets each frame once and in order, also across restarts of the kernel; of a surface with the age of its state. Must not throw.
   */
  readonly deliver: (frame: SharedFrame, mark?: number) => void;
  /** The kernel ended it, after a frame that says why. Must not throw. */
  readonly onOver?: () => void;
}

/** One client's interest in one topic. */
export interface Watch {
  /** Resolves when the replay is delivered and live frames follow: true. False: it was closed before. */
  readonly watched: Promise<boolean>;
  /** The newest turn that was over before this watch began, so that nothing of it was delivered. Undefined: none, or it is not known yet. */
  readonly skipped: string | undefined;
  /** Nothing is delivered any more. */
  close(): void;
}

interface Entry extends WatchRequest {
  readonly conn: string;
  readonly settle: (isLive: boolean) => void;
  /** What its live frames are sent under; the kernel may know better than we did when we asked. */
  liveTopic: Topic;
  /** Where it stands; the next link goes on behind it. Undefined: the kernel has not said yet, and nothing was delivered. */
  at: TurnCursor | TurnBoundary | undefined;
  /** True between the link's `watched` and its end. Live frames before it are part of the replay. */
  live: boolean;
  skipped: string | undefined;
}

/** What a table needs of the link to the kernel. */
export interface WatchLink {
  /** The kernel is behind with reading. */
  readonly isFull: boolean;
  send(frame: LinkUpFrame): void;
  /** Resolves when it has caught up, or the link is gone. */
  drained(): Promise<void>;
}

/** How far the restore of a new link is. Each is called once, unless the link goes first. */
export interface RestoreSteps {
  /** The kernel was told each watch. */
  readonly onTold: () => void;
  /** Each is live again. */
  readonly onRestored: () => void;
}

/** Who watches what, and how far each got. Outlives the link; every new link is told all of it again. */
export class WatchTable {
  readonly #ids: Ids;
  readonly #log: Logger;
  readonly #link: WatchLink;
  readonly #byConn = new Map<string, Entry>();
  readonly #byTopic = new Map<Topic, Set<Entry>>();
  #awaited = new Set<string>();
  /** Watches this link was not told yet; a new set for each link. */
  #untold = new Set<Entry>();
  #onRestored: () => void = () => undefined;

  constructor(options: { ids: Ids; log: Logger; link: WatchLink }) {
    this.#ids = options.ids;
    this.#log = options.log;
    this.#link = options.link;
  }

  /** Number of watches. */
  get size(): number {
    return this.#byConn.size;
  }

  watch(request: WatchRequest): Watch {
    // A name of its own for each watch: a late frame of one that was closed can never reach its successor.
    const conn = this.#ids.mint('wtc');
    let settle: (isLive: boolean) => void = () => undefined;
    const watched = new Promise<boolean>((resolve) => {
      settle = resolve;
    });
    const { topic, after: at } = request;
    const entry: Entry = { ...request, conn, settle, liveTopic: topic, at, live: false, skipped: undefined };
    this.#byConn.set(conn, entry);
    this.#index(entry);
    this.#link.send(watchFrame(entry));
    return {
      watched,
      get skipped() {
        return entry.skipped;
      },
      close: () => this.#close(entry),
    };
  }

  /** Tells a new link everything, no faster than the kernel reads: all at once would be over what a link may hold. */
  restore({ onTold, onRestored }: RestoreSteps): void {
    this.#onRestored = onRestored;
    this.#awaited = new Set(this.#byConn.keys());
    this.#untold = new Set(this.#byConn.values());
    void this.#tell(this.#untold, onTold);
    this.#checkRestored();
  }

  async #tell(untold: Set<Entry>, onTold: () => void): Promise<void> {
    for (const entry of untold) {
      if (this.#link.isFull) await this.#link.drained();
      if (untold !== this.#untold) return;
      // Closed while we waited: what the kernel never heard of needs no word.
      if (untold.delete(entry)) this.#link.send(watchFrame(entry));
    }
    onTold();
  }

  /** The link is gone: nothing is live until the next one. */
  suspend(): void {
    this.#onRestored = () => undefined;
    this.#awaited.clear();
    this.#untold = new Set();
    for (const entry of this.#byConn.values()) entry.live = false;
  }

  receive(
    frame: Exclude<
      LinkDownFrame,
      | LinkWelcomeFrame
      | LinkCatalogFrame
      | LinkRevokedFrame
      | LinkUserAtFrame
      | LinkUserEventFrame
      | LinkUsersFrame
    >,
  ): void {
    if ('type' in frame) {
      if (frame.type === 'watched') this.#goLive(frame);
      else if (frame.type === 'unwatched') this.#over(frame.conn);
      return;
    }
    const shared = new SharedFrame(frame.frame);
    if ('conn' in frame) {
      const entry = this.#byConn.get(frame.conn);
      if (entry) this.#deliver(entry, shared, frame.mark);
      return;
    }
    for (const entry of this.#byTopic.get(frame.topic) ?? []) {
      if (entry.live) this.#deliver(entry, shared, frame.mark);
    }
  }

  #goLive({ conn, topic, at, live = topic }: LinkWatchedFrame): void {
    const entry = this.#byConn.get(conn);
    if (entry) {
      if (live !== entry.liveTopic) {
        this.#unindex(entry);
        entry.liveTopic = live;
        this.#index(entry);
      }
      entry.live = true;
      if (at !== undefined && 'behind' in at && !isBehind(entry.at, at.behind ?? '', 0))
        entry.skipped = at.behind ?? undefined;
      entry.at = at;
      entry.settle(true);
    }
    if (this.#awaited.delete(conn)) this.#checkRestored();
  }

  /** The kernel forgot it already. */
  #over(conn: string): void {
    const entry = this.#byConn.get(conn);
    if (entry === undefined) return;
    this.#forget(entry);
    entry.onOver?.();
  }

  #deliver(entry: Entry, shared: SharedFrame, mark: number | undefined): void {
    const { message } = shared;
    if (message.type === 'chat.reset') entry.at = undefined;
    if (message.type === 'chat.delta' && message.n !== undefined) {
      const { n } = message;
      const { turnId } = message.event;
      if (turnId !== undefined) {
        if (isBehind(entry.at, turnId, n)) return;
        entry.at = message.event.type === 'turn-sealed' ? { behind: turnId } : { turnId, n };
      }
    }
    try {
      entry.deliver(shared, mark);
    } catch (error) {
      this.#log.error({ err: error }, 'a watcher failed');
      this.#close(entry);
    }
  }

  #close(entry: Entry): void {
    if (!this.#byConn.has(entry.conn)) return;
    if (!this.#untold.delete(entry)) {
      this.#link.send({ type: 'unwatch', conn: entry.conn, topic: entry.topic });
    }
    this.#forget(entry);
  }

  #forget(entry: Entry): void {
    this.#byConn.delete(entry.conn);
    this.#unindex(entry);
    entry.settle(false);
    if (this.#awaited.delete(entry.conn)) this.#checkRestored();
  }

  #index(entry: Entry): void {
    const watchers = this.#byTopic.get(entry.liveTopic) ?? new Set();
    this.#byTopic.set(entry.liveTopic, watchers.add(entry));
  }

  #unindex(entry: Entry): void {
    const watchers = this.#byTopic.get(entry.liveTopic);
    watchers?.delete(entry);
    if (watchers?.size === 0) this.#byTopic.delete(entry.liveTopic);
  }

  #checkRestored(): void {
    if (this.#awaited.size > 0) return;
    const onRestored = this.#onRestored;
    this.#onRestored = () => undefined;
    onRestored();
  }
}

/** Whether an event lies at or before a position: it was delivered already. */
function isBehind(at: TurnCursor | TurnBoundary | undefined, turnId: string, n: number): boolean {
  if (at === undefined) return false;
  return 'behind' in at ? at.behind === turnId : at.turnId === turnId && n <= at.n;
}

function watchFrame({ conn, topic, userId, sessionId, scopes, at }: Entry): LinkWatchFrame {
  const showed = { ...(sessionId !== undefined && { sessionId }), ...(scopes && { scopes }) };
  return { type: 'watch', conn, topic, userId, ...showed, ...(at && { after: at }) };
}
