import type { LinkDownFrame, LinkUpFrame } from '@dispatch/link';
import { type FakeStream, FakeUsers } from '../../__fixtures__/fake-users.ts';
import { HeldClock } from '../../__fixtures__/held-clock.ts';
import { FrameMemory } from '../frame-memory.ts';
import type { UserFrame } from '../user-frame.ts';
import type { UserReader, UserSeat } from '../user-seat.ts';
import { UserSessions } from '../user-sessions.ts';

interface Link {
  readonly up: LinkUpFrame[];
  readonly down: LinkDownFrame[];
  isOpen: boolean;
}

/** One socket of a client: what it was greeted with, what it was given. */
export class TestReader implements UserReader {
  seat: UserSeat | undefined;
  /** Why the gateway sent it away. */
  away: string | undefined;
  readonly #onFrame: (frame: {
    readonly type: string;
    readonly seq: number;
    readonly event?: unknown;
  }) => void;

  constructor(
    onFrame: (frame: { readonly type: string; readonly seq: number; readonly event?: unknown }) => void,
  ) {
    this.#onFrame = onFrame;
  }

  deliver(frame: UserFrame, seq: number): void {
    this.#onFrame(JSON.parse(frame.text(seq).toString('utf8')));
  }

  restart(reason: string): void {
    this.away = reason;
  }
}

/** A kernel and one gateway with a link between them that moves a frame only when told to. */
export class StreamWorld {
  readonly clock = new HeldClock();
  readonly streams = new Map<string, FakeStream>();
  kernel = this.#boot();
  sessions: UserSessions;
  epoch = 'e1';
  /** Whether every user has been given what was missed over the newest link. */
  isRestored = false;
  /** Why a gateway hung up. */
  readonly drops: string[] = [];
  #link: Link = { up: [], down: [], isOpen: false };
  readonly #memoryBytes: number;

  constructor(memoryBytes = 1024 * 1024) {
    this.#memoryBytes = memoryBytes;
    this.sessions = this.#gateway();
    this.connect();
  }

  /** Frames on their way. */
  get underWay(): number {
    return this.#link.up.length + this.#link.down.length;
  }

  /** The link breaks: what is on its way is gone. */
  disconnect(): void {
    if (!this.#link.isOpen) return;
    this.#link.isOpen = false;
    this.kernel.close(this.#link);
    this.sessions.suspend();
    this.isRestored = false;
  }

  connect(): void {
    this.disconnect();
    this.#link = { up: [], down: [], isOpen: true };
    const onRestored = (): void => {
      this.isRestored = true;
    };
    this.sessions.restore(this.epoch, { onTold: () => undefined, onRestored });
  }

  /** A kernel that starts on the same store. */
  restartKernel(): void {
    this.disconnect();
    this.kernel = this.#boot();
    this.connect();
  }

  /** A gateway that knows nothing; the sockets of the one before are gone with it. */
  restartGateway(): void {
    this.disconnect();
    this.sessions = this.#gateway();
    this.connect();
  }

  /** Moves one frame up or down, if there is one. */
  move(direction: 'up' | 'down'): boolean {
    const link = this.#link;
    if (!link.isOpen) return false;
    const frame = direction === 'up' ? link.up.shift() : undefined;
    if (frame?.type === 'user') this.kernel.follow(link, frame);
    else if (frame?.type === 'user-gone') this.kernel.leave(link, frame.userId);
    const down = direction === 'down' ? link.down.shift() : undefined;
    if (down !== undefined && 'to' in down) this.sessions.receive(down);
    else if (down !== undefined && 'type' in down && down.type === 'user-at') this.sessions.standAt(down);
    return frame !== undefined || down !== undefined;
  }

  /** Moves everything until nothing moves any more. */
  settle(): void {
    while (this.move('up') || this.move('down'));
    if (!this.#link.isOpen) {
      this.connect();
      this.settle();
    }
  }

  #boot(): FakeUsers<Link> {
    return new FakeUsers<Link>(this.streams, (link, frame) => void link.down.push(frame));
  }

  #gateway(): UserSessions {
    const sessions: UserSessions = new UserSessions({
      clock: this.clock,
      memory: new FrameMemory(this.#memoryBytes),
      link: {
        isFull: false,
        drained: () => Promise.resolve(),
        send: (frame) => {
          // The timers of a gateway that is gone still run here.
          if (sessions === this.sessions && this.#link.isOpen) this.#link.up.push(frame);
        },
        drop: (reason) => {
          if (sessions !== this.sessions) return;
          this.drops.push(reason);
          this.disconnect();
        },
      },
    });
    return sessions;
  }
}
