import { type Principal, surfaceTopic, type Topic } from '@dispatch/link';
import type { Clock } from '../clock.ts';
import type { Kernel } from '../link/kernel.ts';
import type { SharedFrame } from '../link/shared-frame.ts';
import type { Watch } from '../link/watch-table.ts';
import { INTERNAL, type Refusal, refuse } from '../refusal.ts';

/** Questions for one surface that may wait for its first frame. */
const PENDING_CAP = 256;
/** An update that has not come by then is not waited for: its link broke, and the next one brings the surface anew. */
const SEEN_WITHIN_MS = 2_000;

/** What somebody looks at. */
export interface SurfaceFocus {
  readonly surfaceId: string;
  /** Absent: no conversation is in focus. */
  readonly conversationId?: string;
}

interface Subscription {
  readonly topic: Topic;
  readonly surfaceId: string;
  watch: Watch | undefined;
  /** Age of the newest state the client has; nothing older is sent. */
  seen: number;
  /** One for each `subscribe` that has no answer yet. */
  readonly pending: ((refusal: Refusal | undefined) => void)[];
  /** Acks that wait for their update. */
  waiting: { readonly mark: number; readonly resolve: () => void }[];
}

export interface SurfaceWatchesParts {
  readonly kernel: Pick<Kernel, 'watch' | 'catalog'>;
  readonly clock: Clock;
  readonly principal: Principal;
  readonly deliver: (frame: SharedFrame) => void;
}

/** The surfaces one socket is subscribed to; one subscription for each view, however often it is asked for. */
export class SurfaceWatches {
  readonly #parts: SurfaceWatchesParts;
  readonly #byTopic = new Map<Topic, Subscription>();
  /** The last action of each view, while one is under way. */
  readonly #turns = new Map<Topic, Promise<undefined>>();
  #isClosed = false;

  constructor(parts: SurfaceWatchesParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#byTopic.size;
  }

  has(focus: SurfaceFocus): boolean {
    return this.#byTopic.has(this.#topicOf(focus));
  }

  /** Does one thing behind another on one view, in the order they were asked for: of two actions the later one counts. */
  inTurn<T>(focus: SurfaceFocus, work: () => Promise<T>): Promise<T> {
    const topic = this.#topicOf(focus);
    const mine = (this.#turns.get(topic) ?? Promise.resolve()).then(work);
    const over = mine.then(
      () => undefined,
      () => undefined,
    );
    this.#turns.set(topic, over);
    void over.then(() => this.#turns.get(topic) === over && this.#turns.delete(topic));
    return mine;
  }

  /** True: it is the same in every conversation, so that none has to be named. */
  isGlobal(surfaceId: string): boolean {
    return this.#parts.kernel.catalog.some(({ id, scope }) => id === surfaceId && scope === 'global');
  }

  /** Resolves behind the `surface` frame, or with why there is none. Asking again brings the frame again. */
  subscribe(focus: SurfaceFocus): Promise<Refusal | undefined> {
    // Nobody would ever close what a socket opens that is gone.
    if (this.#isClosed) return Promise.resolve(undefined);
    const topic = this.#topicOf(focus);
    const { surfaceId } = focus;
    const known = this.#byTopic.get(topic);
    const mine = known ?? { topic, surfaceId, watch: undefined, seen: 0, pending: [], waiting: [] };
    if (mine.pending.length >= PENDING_CAP) return Promise.resolve(TOO_OFTEN);
    const answered = new Promise<Refusal | undefined>((resolve) => mine.pending.push(resolve));
    this.#byTopic.set(topic, mine);
    // A watch of its own each time, so that the answer is computed behind the question.
    mine.watch?.close();
    mine.watch = this.#parts.kernel.watch({
      topic,
      ...this.#parts.principal,
      deliver: (frame, mark) => this.#deliver(mine, frame, mark),
      onOver: () => this.#drop(mine),
    });
    return answered;
  }

  unsubscribe(focus: SurfaceFocus): void {
    const isAny = this.isGlobal(focus.surfaceId);
    for (const one of [...this.#byTopic.values()]) {
      if (one.surfaceId === focus.surfaceId && (isAny || one.topic === this.#topicOf(focus))) this.#drop(one);
    }
  }

  /** Resolves when the client has a state at least this new, or nothing more will come. */
  whenSeen(focus: SurfaceFocus, mark: number): Promise<void> {
    const mine = this.#byTopic.get(this.#topicOf(focus));
    if (mine === undefined || mine.seen >= mark) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.#parts.clock.after(SEEN_WITHIN_MS, resolve);
      const seen = (): void => {
        cancel();
        resolve();
      };
      mine.waiting.push({ mark, resolve: seen });
    });
  }

  /** True: the client has nothing newer, so a state of this age may be sent to it now. */
  takes(focus: SurfaceFocus, mark: number): boolean {
    const mine = this.#byTopic.get(this.#topicOf(focus));
    if (mine === undefined) return true;
    if (mark < mine.seen) return false;
    mine.seen = mark;
    this.#tellSeen(mine);
    return true;
  }

  /** The socket goes: nothing is watched any more, now or later. */
  closeAll(): void {
    this.#isClosed = true;
    for (const one of [...this.#byTopic.values()]) this.#drop(one);
  }

  #topicOf({ surfaceId, conversationId }: SurfaceFocus): Topic {
    const isPlain = conversationId === undefined || this.isGlobal(surfaceId);
    return surfaceTopic(isPlain ? { surfaceId } : { surfaceId, conversationId });
  }

  #deliver(mine: Subscription, frame: SharedFrame, mark = mine.seen): void {
    const { message } = frame;
    if (message.type === 'update' && mark <= mine.seen) return;
    // The marks of a kernel that was started anew begin anew.
    mine.seen = message.type === 'surface' ? mark : Math.max(mine.seen, mark);
    const asked = mine.pending.splice(0);
    if (asked.length === 0) this.#parts.deliver(frame);
    for (const answer of asked) {
      if (message.type === 'error') {
        answer(refuse(message.code ?? INTERNAL.code, message.message, message.hint));
      } else {
        this.#parts.deliver(frame);
        answer(undefined);
      }
    }
    this.#tellSeen(mine);
  }

  #tellSeen(mine: Subscription): void {
    const due = mine.waiting.filter((one) => one.mark <= mine.seen);
    mine.waiting = mine.waiting.filter((one) => one.mark > mine.seen);
    for (const { resolve } of due) resolve();
  }

  /** The subscription is over. Who still waits for it hears that it left: that is what came of it. */
  #drop(mine: Subscription): void {
    if (this.#byTopic.get(mine.topic) === mine) this.#byTopic.delete(mine.topic);
    mine.watch?.close();
    for (const answer of mine.pending.splice(0)) answer(undefined);
    for (const { resolve } of mine.waiting.splice(0)) resolve();
  }
}

const TOO_OFTEN: Refusal = refuse(
  'rate-limited',
  'This surface was asked for too often without an answer; wait for one.',
);
