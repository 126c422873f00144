import type { LinkUserAtFrame, LinkUserFrame } from '@dispatch/link';
import type { FrameMemory } from './frame-memory.ts';
import type { ResumeCursor } from './read-resume.ts';
import type { UserFrame } from './user-frame.ts';
import { UserRing } from './user-ring.ts';
import { type Greeting, type SeatHost, UserSeat } from './user-seat.ts';

/** What a session asks of the gateway it is in. */
export interface SessionHost {
  readonly memory: FrameMemory;
  /** The log that numbers count in; undefined before the kernel was reached. */
  readonly epoch: string | undefined;
  /** Asks the kernel, and names the question; without a link nothing happens, and each new link asks anew. */
  ask(question: Omit<LinkUserFrame, 'type' | 'ask'>): number;
  /** The kernel broke its word. */
  mistrust(reason: string): void;
  /** Sockets came or all went, or the session has caught up. */
  changed(session: UserSession): void;
}

/** Somebody whose place is not known yet. */
export interface Waiting {
  readonly cursor: ResumeCursor | undefined;
  readonly onSeat: (seat: UserSeat) => void;
}

/**
 * The stream of one user in this gateway: the newest events in memory, a seat for each socket, and one place in the kernel's store. Who is further behind than
 * the memory goes makes the session ask the kernel anew from there; what others have already passes them by.
 */
export class UserSession implements SeatHost {
  readonly userId: string;
  readonly #host: SessionHost;
  #seats: UserSeat[] = [];
  #waiting: Waiting[] = [];
  /** Undefined: the kernel has not said yet where the stream stands. */
  #ring: UserRing | undefined;
  /** Newest number the kernel told; what is missing up to it is on its way. */
  #head = 0;
  /** The last question. */
  #ask = 0;
  /** Where it began, while it has no answer. */
  #asked: { readonly after: number | undefined } | undefined;

  constructor(userId: string, host: SessionHost) {
    this.userId = userId;
    this.#host = host;
  }

  /** True: nobody sits here or waits to. */
  get isEmpty(): boolean {
    return this.#seats.length === 0 && this.#waiting.length === 0;
  }

  /** True: everything that is stored has been delivered. */
  get isCaughtUp(): boolean {
    return this.#asked === undefined && this.#ring !== undefined && this.#ring.last >= this.#head;
  }

  /** Calls back with a seat, at once or when the kernel has answered. The returned function gives up waiting. */
  seat(waiting: Waiting): () => void {
    if (!this.#tryToSeat(waiting)) {
      this.#waiting.push(waiting);
      this.#question();
    }
    return () => {
      this.#waiting = this.#waiting.filter((other) => other !== waiting);
      this.#host.changed(this);
    };
  }

  begin(seat: UserSeat): void {
    // Nearly everybody has one, and an array that is pushed to makes room for sixteen more.
    this.#seats = this.#seats.concat(seat);
    const ring = this.#ring;
    if (ring === undefined || seat.at < ring.first - 1) return;
    for (let seq = seat.at + 1; seq <= ring.last; seq += 1) {
      const frame = ring.get(seq);
      if (frame === undefined) continue;
      seat.offer(frame, seq);
      frame.settle();
    }
  }

  leave(seat: UserSeat): void {
    this.#seats = this.#seats.filter((other) => other !== seat);
    this.#host.changed(this);
  }

  /** A new link: the kernel there has heard of nobody. */
  restore(): void {
    this.#asked = undefined;
    this.#question();
  }

  /** The kernel's answer, or its word that a replay came to nothing. */
  standAt({ ask, head, served, reason = 'too-old' }: LinkUserAtFrame): void {
    // An answer to somebody who sat here before, or to a link that is gone.
    if (ask !== this.#ask) return;
    const after = this.#asked?.after;
    this.#asked = undefined;
    this.#head = head;
    if (served) {
      this.#ring ??= new UserRing(this.#host.memory, after ?? head);
      this.#seatWaiting((cursor) => (cursor.seq > head ? 'ahead' : cursor.seq >= (after ?? head)));
    } else {
      if (this.#ring === undefined || after === undefined || after >= this.#ring.last) this.#startOver(head);
      else {
        // A kernel that could not read its store may know less than came before.
        this.#head = Math.max(head, this.#ring.last);
        this.#sendAwayBehind(this.#ring.last);
      }
      // The kernel goes on behind its head, and who asked for less must not be passed over.
      this.#seatWaiting((cursor) => {
        const isRefused = reason === 'ahead' ? cursor.seq > head : cursor.seq <= (after ?? head);
        return isRefused ? reason : false;
      });
      if (!this.isCaughtUp) this.#question();
    }
    if (this.#waiting.length > 0) this.#question();
    this.#host.changed(this);
  }

  /** A number of this user's stream with what it stands for. */
  take(frame: UserFrame, seq: number): void {
    const ring = this.#ring;
    if (ring === undefined) return;
    if (seq > ring.last + 1) {
      // Before an answer it may come from where the kernel stood before it was asked.
      if (this.#asked === undefined) this.#host.mistrust(`number ${seq} of a user behind ${ring.last}`);
      return;
    }
    if (seq === ring.last + 1) {
      ring.push(frame);
      if (seq > this.#head) this.#head = seq;
      else if (seq === this.#head) this.#host.changed(this);
    }
    for (const seat of this.#seats) seat.offer(frame, seq);
  }

  /** Every number is void: the log is another one, or the kernel never gave them out. */
  forget(reason: string): void {
    this.#ring?.clear();
    this.#ring = undefined;
    this.#head = 0;
    this.#sendAway(() => true, reason);
  }

  /** Lets go of what it keeps. */
  close(): void {
    this.#ring?.clear();
  }

  #startOver(head: number): void {
    this.#ring?.clear();
    this.#ring = new UserRing(this.#host.memory, head);
    this.#sendAway(({ at }) => at !== head, 'too-old');
  }

  #sendAwayBehind(last: number): void {
    this.#sendAway(({ at }) => at < last, 'too-old');
  }

  /** They count no more from here on, however long their sockets take to close. */
  #sendAway(isMeant: (seat: UserSeat) => boolean, reason: string): void {
    const meant = this.#seats.filter(isMeant);
    this.#seats = this.#seats.filter((seat) => !isMeant(seat));
    for (const { reader } of meant) reader?.restart(reason);
  }

  /** One question at a time, from the furthest behind of all who want to hear. */
  #question(): void {
    if (this.#asked !== undefined) return;
    const wanted = this.#ring === undefined ? [] : [this.#ring.last];
    for (const { at } of this.#seats) wanted.push(at);
    for (const { cursor } of this.#waiting) {
      if (this.#isOfThisLog(cursor)) wanted.push(cursor.seq);
    }
    const after = wanted.length === 0 ? undefined : Math.min(...wanted);
    this.#asked = { after };
    this.#ask = this.#host.ask({ userId: this.userId, ...(after !== undefined && { after }) });
  }

  #isOfThisLog(cursor: ResumeCursor | undefined): cursor is Exclude<ResumeCursor, 'malformed'> {
    if (cursor === undefined || cursor === 'malformed') return false;
    return cursor.epoch === undefined || cursor.epoch === this.#host.epoch;
  }

  /** Seats who can be served from what is here. */
  #tryToSeat(waiting: Waiting): boolean {
    const ring = this.#ring;
    if (ring === undefined) return false;
    return this.#seatOne(waiting, ({ seq }) => seq >= ring.first - 1 && seq <= this.#head);
  }

  #seatWaiting(judge: (cursor: { readonly seq: number }) => boolean | string): void {
    // Replaced at the end: until then the session is not empty, whoever leaves at once.
    this.#waiting = this.#waiting.filter((one) => !this.#tryToSeat(one) && !this.#seatOne(one, judge));
  }

  /** `judge` tells of a number in this log: true, it can be served; false, not yet known; else why it cannot. */
  #seatOne(
    { cursor, onSeat }: Waiting,
    judge: (cursor: { readonly seq: number }) => boolean | string,
  ): boolean {
    const head = this.#head;
    let greeting: Greeting = { head, resumed: false };
    let at = head;
    if (cursor === 'malformed') greeting = { ...greeting, reason: 'malformed' };
    else if (cursor !== undefined && !this.#isOfThisLog(cursor))
      greeting = { ...greeting, reason: 'unknown-epoch' };
    else if (cursor !== undefined) {
      const verdict = judge(cursor);
      if (verdict === false) return false;
      if (verdict === true) at = cursor.seq;
      greeting = verdict === true ? { head, resumed: true } : { ...greeting, reason: verdict };
    }
    onSeat(new UserSeat(greeting, at, this));
    return true;
  }
}
