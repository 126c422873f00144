import type { UserEvent } from '@dispatch/collab-contract';
import type { LinkDownFrame, LinkUserFrame } from '@dispatch/link';

/** An event a test can tell by its name. */
export const namedEvent = (name: string): UserEvent => ({
  type: 'conversation.closed',
  conversationId: name,
});

/** What a fake store keeps of one user. */
export interface FakeStream {
  readonly events: UserEvent[];
  /** The last number that is no longer kept. */
  floor: number;
  /** Numbers whose events the user may no longer see. */
  readonly hidden: Set<number>;
}

/** The streams of users as a kernel relays them: one follower for each link and user. */
export class FakeUsers<Link> {
  readonly #streams: Map<string, FakeStream>;
  readonly #send: (link: Link, frame: LinkDownFrame) => void;
  readonly #followers = new Map<Link, Set<string>>();
  /** True: questions wait for {@link release}. */
  isHeld = false;
  #held: (() => void)[] = [];

  constructor(streams: Map<string, FakeStream>, send: (link: Link, frame: LinkDownFrame) => void) {
    this.#streams = streams;
    this.#send = send;
  }

  of(userId: string): FakeStream {
    const stream = this.#streams.get(userId) ?? { events: [], floor: 0, hidden: new Set() };
    this.#streams.set(userId, stream);
    return stream;
  }

  /** Stores an event for each of them and tells whoever follows. */
  emit(userIds: readonly string[], name: string): void {
    const event = namedEvent(name);
    const to = userIds.map((userId) => [userId, this.of(userId).events.push(event)] as const);
    for (const [link, followed] of this.#followers) {
      const mine = to.filter(([userId]) => followed.has(userId));
      if (mine.length > 0) this.#send(link, { to: mine, frame: { type: 'user.event', event } });
    }
  }

  follow(link: Link, frame: LinkUserFrame): void {
    // Nothing of the stream comes between a question and its answer, as with a kernel that reads its store.
    this.leave(link, frame.userId);
    if (this.isHeld) this.#held.push(() => this.#answer(link, frame));
    else this.#answer(link, frame);
  }

  release(): void {
    this.isHeld = false;
    for (const answer of this.#held.splice(0)) answer();
  }

  leave(link: Link, userId: string): void {
    this.#followers.get(link)?.delete(userId);
  }

  close(link: Link): void {
    this.#followers.delete(link);
  }

  #answer(link: Link, { userId, ask, after }: LinkUserFrame): void {
    const { events, floor, hidden } = this.of(userId);
    const head = events.length;
    const followed = this.#followers.get(link) ?? new Set();
    this.#followers.set(link, followed.add(userId));
    const reason =
      after === undefined ? undefined : after > head ? 'ahead' : after < floor ? 'too-old' : undefined;
    this.#send(link, {
      type: 'user-at',
      userId,
      ask,
      head,
      served: reason === undefined,
      ...(reason !== undefined && { reason }),
    });
    if (reason !== undefined) return;
    for (let seq = (after ?? head) + 1; seq <= head; seq += 1) {
      const event = events[seq - 1] as UserEvent;
      const frame = hidden.has(seq)
        ? ({ type: 'user.skip' } as const)
        : ({ type: 'user.event', event } as const);
      this.#send(link, { to: [[userId, seq]], frame });
    }
  }
}
