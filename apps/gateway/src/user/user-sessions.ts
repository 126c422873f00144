import type { LinkUpFrame, LinkUserAtFrame, LinkUserEventFrame, LinkUserFrame } from '@dispatch/link';
import type { Clock } from '../clock.ts';
import { FrameMemory } from './frame-memory.ts';
import { UserFrame } from './user-frame.ts';
import { type SessionHost, UserSession, type Waiting } from './user-session.ts';

/** How long a user's events stay in memory after their last socket has gone. */
export const KEEP_MS = 5 * 60_000;
/** Users without a socket whose events are in memory. */
const MOST_IDLE = 10_000;

/** What sessions need of the link to the kernel. */
export interface SessionLink {
  readonly isFull: boolean;
  send(frame: LinkUpFrame): void;
  drained(): Promise<void>;
  /** Hangs up; the next link begins from what is known. */
  drop(reason: string): void;
}

export interface UserSessionsOptions {
  readonly clock: Clock;
  readonly link: SessionLink;
  readonly memory?: FrameMemory;
}

/** The streams of all users of this gateway. Outlives the link; every new one is told where each stands. */
export class UserSessions implements SessionHost {
  readonly memory: FrameMemory;
  readonly #clock: Clock;
  readonly #link: SessionLink;
  readonly #sessions = new Map<string, UserSession>();
  /** Since when nobody sits there; the longest first. */
  readonly #idle = new Map<string, number>();
  /** Questions to the kernel so far. */
  #asked = 0;
  #cancelSweep: (() => void) | undefined;
  #epoch: string | undefined;
  /** Users of whom this link was not told yet; a new set for each link. */
  #untold = new Set<UserSession>();
  #awaited = new Set<UserSession>();
  #onRestored: () => void = () => undefined;

  constructor({ clock, link, memory = new FrameMemory() }: UserSessionsOptions) {
    this.#clock = clock;
    this.#link = link;
    this.memory = memory;
  }

  get epoch(): string | undefined {
    return this.#epoch;
  }

  /** Users that are held, with a socket or without. */
  get size(): number {
    return this.#sessions.size;
  }

  /**
   * Calls back with a place in the user's stream, at once or when the kernel has answered; it must be begun or left in that call. The returned function gives
   * up waiting.
   */
  seat(userId: string, waiting: Waiting): () => void {
    let session = this.#sessions.get(userId);
    if (session === undefined) {
      session = new UserSession(userId, this);
      this.#sessions.set(userId, session);
    }
    this.#idle.delete(userId);
    return session.seat(waiting);
  }

  standAt(frame: LinkUserAtFrame): void {
    this.#sessions.get(frame.userId)?.standAt(frame);
  }

  receive({ to, frame }: LinkUserEventFrame): void {
    let shared: UserFrame | undefined;
    for (const [userId, seq] of to) {
      const session = this.#sessions.get(userId);
      if (session === undefined) continue;
      shared ??= new UserFrame(frame);
      session.take(shared, seq);
    }
    shared?.settle();
  }

  /** Tells a new link of everybody, no faster than the kernel reads. */
  restore(epoch: string, { onTold, onRestored }: { onTold: () => void; onRestored: () => void }): void {
    const isOtherLog = this.#epoch !== undefined && this.#epoch !== epoch;
    this.#epoch = epoch;
    this.#onRestored = onRestored;
    const sessions = [...this.#sessions.values()];
    if (isOtherLog) for (const session of sessions) session.forget('epoch-changed');
    this.#untold = new Set(sessions);
    this.#awaited = new Set(sessions);
    void this.#tell(this.#untold, onTold);
    this.#checkRestored();
  }

  /** The link is gone. */
  suspend(): void {
    this.#onRestored = () => undefined;
    this.#untold = new Set();
    this.#awaited = new Set();
  }

  stop(): void {
    this.#cancelSweep?.();
  }

  ask(question: Omit<LinkUserFrame, 'type' | 'ask'>): number {
    this.#asked += 1;
    this.#link.send({ type: 'user', ask: this.#asked, ...question });
    return this.#asked;
  }

  mistrust(reason: string): void {
    this.#link.drop(reason);
  }

  changed(session: UserSession): void {
    if (session.isCaughtUp && this.#awaited.delete(session)) this.#checkRestored();
    if (!session.isEmpty || this.#sessions.get(session.userId) !== session) return;
    if (this.#idle.has(session.userId)) return;
    this.#idle.set(session.userId, this.#clock.mono());
    this.#sweep();
  }

  async #tell(untold: Set<UserSession>, onTold: () => void): Promise<void> {
    for (const session of untold) {
      if (this.#link.isFull) await this.#link.drained();
      if (untold !== this.#untold) return;
      if (untold.delete(session)) session.restore();
    }
    onTold();
  }

  #checkRestored(): void {
    if (this.#awaited.size > 0) return;
    const onRestored = this.#onRestored;
    this.#onRestored = () => undefined;
    onRestored();
  }

  /** Lets go of who has been away for too long, and of the longest away when they are too many. */
  #sweep(): void {
    this.#cancelSweep?.();
    this.#cancelSweep = undefined;
    const now = this.#clock.mono();
    for (const [userId, since] of this.#idle) {
      if (this.#idle.size <= MOST_IDLE && since + KEEP_MS > now) {
        this.#cancelSweep = this.#clock.after(since + KEEP_MS - now, () => this.#sweep());
        return;
      }
      this.#evict(userId);
    }
  }

  #evict(userId: string): void {
    this.#idle.delete(userId);
    const session = this.#sessions.get(userId);
    if (!session?.isEmpty) return;
    this.#sessions.delete(userId);
    session.close();
    const isTold = !this.#untold.delete(session);
    if (isTold) this.#link.send({ type: 'user-gone', userId });
    if (this.#awaited.delete(session)) this.#checkRestored();
  }
}
