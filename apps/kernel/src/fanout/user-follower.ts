import type { LinkUserAtFrame, LinkUserFrame, UserFrameBody } from '@dispatch/link';
import { replayPolicy, type UserEventReads } from '../policy/user-event-policy.ts';
import type { Log, UserEventSlice } from '../ports.ts';
import type { Outlet } from './outlet.ts';

/** Numbers read at once during a replay. */
const PAGE = 500;

/** The reads a replay needs. */
export interface UserStreamReads extends UserEventReads {
  userEvents(userId: string, after: number, limit: number): Promise<UserEventSlice>;
}

export interface UserFollowerParts {
  readonly read: UserStreamReads;
  readonly outlet: Outlet;
  readonly log: Log;
}

/**
 * One gateway's place in the stream of one user. It is attached to what happens first and reads the store second; what is written meanwhile is read, too, so
 * that the step from replay to live has neither gap nor repeat.
 */
export class UserFollower {
  readonly #userId: string;
  readonly #ask: number;
  readonly #parts: UserFollowerParts;
  /** The last number given to the gateway. Undefined: it asked for no replay, and was told nothing yet. */
  #at: number | undefined;
  #isLive = false;
  #isAnnounced = false;
  #isCancelled = false;
  #isRunning = false;
  /** The newest number that was written while this was not live. */
  #written = 0;

  constructor({ userId, ask, after }: LinkUserFrame, parts: UserFollowerParts) {
    this.#userId = userId;
    this.#ask = ask;
    this.#parts = parts;
    this.#at = after;
  }

  start(): void {
    void this.#catchUp();
  }

  cancel(): void {
    this.#isCancelled = true;
  }

  /** A number was written. True: it is the next one, and is to be sent now. */
  take(seq: number): boolean {
    if (!this.#isLive || this.#at === undefined) {
      this.#written = Math.max(this.#written, seq);
      return false;
    }
    if (seq <= this.#at) return false;
    if (seq === this.#at + 1) {
      this.#at = seq;
      return true;
    }
    // Told out of order, or not at all: the store has it.
    this.#isLive = false;
    this.#written = seq;
    if (!this.#isRunning) this.start();
    return false;
  }

  async #catchUp(): Promise<void> {
    this.#isRunning = true;
    try {
      while (!this.#isLive && !this.#isCancelled) await this.#readOn();
    } catch (error) {
      this.#parts.log.error({ err: error, userId: this.#userId }, "a user's stream could not be read");
      if (!this.#isCancelled) this.#giveUp();
    } finally {
      this.#isRunning = false;
    }
  }

  /** One stream that cannot be read must not keep a gateway waiting; the next number that does not follow is another try. */
  #giveUp(): void {
    this.#at = Math.max(this.#written, this.#at ?? 0);
    const [userId, ask, head] = [this.#userId, this.#ask, this.#at];
    this.#parts.outlet.send({ type: 'user-at', userId, ask, head, served: false, reason: 'too-old' });
    this.#isAnnounced = true;
    this.#isLive = true;
  }

  async #readOn(): Promise<void> {
    const { read, log } = this.#parts;
    const after = this.#at ?? Number.MAX_SAFE_INTEGER;
    const slice = await read.userEvents(this.#userId, after, PAGE);
    if (this.#isCancelled) return;
    this.#announce(slice);
    const maySee = replayPolicy(read, this.#userId, log);
    const numbered = await Promise.all(
      slice.events.map(async ({ seq, event }): Promise<[number, UserFrameBody]> => {
        const isShown = event !== null && (await maySee(event));
        return [seq, isShown ? { type: 'user.event', event } : { type: 'user.skip' }];
      }),
    );
    for (const [seq, frame] of numbered) {
      while (this.#parts.outlet.isFull) await this.#parts.outlet.drained();
      if (this.#isCancelled) return;
      this.#parts.outlet.send({ to: [[this.#userId, seq]], frame });
      this.#at = seq;
    }
    // No wait between this and the sending of the last: whatever is written from now on is told live.
    const at = this.#at ?? slice.head;
    this.#at = at;
    this.#isLive = at >= Math.max(slice.head, this.#written) && !this.#isCancelled;
  }

  /** Tells once what the cursor is worth; again only when what follows it went away under a long replay. */
  #announce({ head, floor }: UserEventSlice): void {
    const after = this.#at;
    const reason = faultOf(after, head, floor);
    if (this.#isAnnounced && reason === undefined) return;
    const [userId, ask, served] = [this.#userId, this.#ask, reason === undefined];
    const at: LinkUserAtFrame = { type: 'user-at', userId, ask, head, served };
    this.#parts.outlet.send(reason === undefined ? at : { ...at, reason });
    if (reason !== undefined || after === undefined) this.#at = head;
    this.#isAnnounced = true;
  }
}

/** Why what follows `after` cannot be given without a gap. */
function faultOf(after: number | undefined, head: number, floor: number): LinkUserAtFrame['reason'] {
  if (after === undefined) return undefined;
  if (after > head) return 'ahead';
  return after < floor ? 'too-old' : undefined;
}
