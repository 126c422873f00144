import { type Principal, type TurnCursor, turnTopic } from '@dispatch/link';
import type { Kernel } from '../link/kernel.ts';
import type { SharedFrame } from '../link/shared-frame.ts';
import type { Watch } from '../link/watch-table.ts';

/** Conversations and surfaces one socket may watch, so that no client can make gateway and kernel hold more. */
export const WATCH_CAP = 1_000;

/** What a socket that is gone gets instead of a watch: nothing is delivered and there is nothing to close. */
const CLOSED: Watch = { watched: Promise.resolve(false), skipped: undefined, close: () => undefined };

/** The conversations one socket watches; one watch each, however often it is asked for. */
export class ChatWatches {
  readonly #kernel: Pick<Kernel, 'watch'>;
  readonly #principal: Principal;
  readonly #deliver: (frame: SharedFrame) => void;
  readonly #watches = new Map<string, Watch>();
  #isClosed = false;

  constructor(kernel: Pick<Kernel, 'watch'>, principal: Principal, deliver: (frame: SharedFrame) => void) {
    this.#kernel = kernel;
    this.#principal = principal;
    this.#deliver = deliver;
  }

  /** True: the socket is gone, and whatever is opened watches nothing. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  get size(): number {
    return this.#watches.size;
  }

  has(conversationId: string): boolean {
    return this.#watches.has(conversationId);
  }

  /** Watches, unless it does already; then the cursor is ignored and nothing is replayed. */
  open(conversationId: string, after?: TurnCursor): Watch {
    // A frame that waited for the kernel comes here after its socket has gone; nobody would ever close what it opens.
    if (this.#isClosed) return CLOSED;
    const known = this.#watches.get(conversationId);
    if (known) return known;
    const watch = this.#kernel.watch({
      topic: turnTopic(conversationId),
      ...this.#principal,
      ...(after && { after }),
      deliver: this.#deliver,
    });
    this.#watches.set(conversationId, watch);
    return watch;
  }

  /** Watches from this cursor on, in the place of a watch that began too late. */
  reopen(conversationId: string, after: TurnCursor): void {
    if (!this.#watches.has(conversationId)) return;
    this.close(conversationId);
    this.open(conversationId, after);
  }

  close(conversationId: string): void {
    this.#watches.get(conversationId)?.close();
    this.#watches.delete(conversationId);
  }

  /** The socket goes: nothing is watched any more, now or later. */
  closeAll(): void {
    this.#isClosed = true;
    for (const watch of this.#watches.values()) watch.close();
    this.#watches.clear();
  }
}
