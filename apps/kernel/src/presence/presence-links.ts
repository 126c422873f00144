import type { LinkClosedFrame, LinkOpenedFrame } from '@dispatch/link';
import type { WsServerMessage } from '@dispatch/transport-contract';
import type { Outlet } from '../fanout/outlet.ts';

/** What one gateway says of its clients. */
export interface PresenceLink {
  opened(frame: LinkOpenedFrame): void;
  closed(frame: LinkClosedFrame): void;
  /** The link is gone, and with it all that was opened on it. */
  close(): void;
}

/** What the registry wants to hear of the links. */
export interface LinkEvents {
  readonly onOpened: (userId: string) => void;
  readonly onClosed: (userId: string) => void;
  /** Whom this user may know about. */
  readonly audienceOf: (userId: string) => Promise<ReadonlySet<string>>;
  /** The frame that tells who of them is there. */
  readonly snapshot: (audience: ReadonlySet<string>) => WsServerMessage;
  readonly onFailure: (error: unknown) => void;
}

/** Clients of every gateway, and the way to them. */
export class PresenceLinks {
  readonly #events: LinkEvents;
  readonly #links = new Set<Link>();

  constructor(events: LinkEvents) {
    this.#events = events;
  }

  attach(outlet: Outlet): PresenceLink {
    const link = new Link(outlet, this.#events);
    this.#links.add(link);
    return {
      opened: ({ userId, conn }) => link.opened(userId, conn),
      closed: ({ conn }) => link.closed(conn),
      close: () => {
        this.#links.delete(link);
        link.close();
      },
    };
  }

  /** A frame for all clients of these users, one for each gateway that has any. */
  tell(users: Iterable<string>, frame: WsServerMessage): void {
    const wanted = [...users];
    for (const link of this.#links) link.tell(wanted, frame);
  }

  /** Users with a client, each once. */
  users(): Set<string> {
    return new Set([...this.#links].flatMap((link) => [...link.users]));
  }
}

class Link {
  readonly #outlet: Outlet;
  readonly #events: LinkEvents;
  readonly #clients = new Map<string, string>();
  readonly #counts = new Map<string, number>();
  /** Clients that wait for their snapshot, in order. */
  #waiting: string[] = [];
  #isServing = false;

  constructor(outlet: Outlet, events: LinkEvents) {
    this.#outlet = outlet;
    this.#events = events;
  }

  get users(): Iterable<string> {
    return this.#counts.keys();
  }

  opened(userId: string, conn: string): void {
    // A name stands for one client of one user until it is closed.
    if (this.#clients.has(conn)) return;
    this.#clients.set(conn, userId);
    this.#counts.set(userId, (this.#counts.get(userId) ?? 0) + 1);
    this.#events.onOpened(userId);
    this.#waiting.push(conn);
    if (!this.#isServing) void this.#serve();
  }

  closed(conn: string): void {
    const userId = this.#clients.get(conn);
    if (userId === undefined) return;
    this.#clients.delete(conn);
    const left = (this.#counts.get(userId) ?? 1) - 1;
    if (left === 0) this.#counts.delete(userId);
    else this.#counts.set(userId, left);
    this.#events.onClosed(userId);
  }

  close(): void {
    for (const conn of [...this.#clients.keys()]) this.closed(conn);
  }

  tell(users: readonly string[], frame: WsServerMessage): void {
    const here = users.filter((userId) => this.#counts.has(userId));
    if (here.length > 0) this.#outlet.send({ users: here, frame });
  }

  /** One after the other, and no faster than the gateway reads: many clients come at once, and each gets the whole list. */
  async #serve(): Promise<void> {
    this.#isServing = true;
    for (let conn = this.#waiting.shift(); conn !== undefined; conn = this.#waiting.shift()) {
      const userId = this.#clients.get(conn);
      if (userId === undefined) continue;
      try {
        if (this.#outlet.isFull) await this.#outlet.drained();
        const audience = await this.#events.audienceOf(userId);
        if (this.#clients.get(conn) !== userId) continue;
        // Made and sent in one step, so that an update is either in it or behind it.
        const frame = this.#events.snapshot(audience);
        this.#outlet.send({ users: [userId], conn, frame });
      } catch (error) {
        this.#events.onFailure(error);
      }
    }
    this.#isServing = false;
  }
}
