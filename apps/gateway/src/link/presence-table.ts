import type { LinkUpFrame, LinkUsersFrame } from '@dispatch/link';
import type { Ids } from '../ids.ts';
import { SharedFrame } from './shared-frame.ts';

/** A client that is there. */
export interface PresenceReader {
  /** Gets the snapshot, what changes behind it, and a new snapshot whenever the link was lost. Must not throw. */
  sendShared(frame: SharedFrame): void;
}

/** That it is there. */
export interface Presence {
  /** It is gone. */
  close(): void;
}

/** What the table needs of the link to the kernel. */
interface PresenceUplink {
  readonly isFull: boolean;
  send(frame: LinkUpFrame): void;
  drained(): Promise<void>;
}

/** Which users have clients here. Outlives the link; every new link is told all of it again. */
export class PresenceTable {
  readonly #ids: Ids;
  readonly #link: PresenceUplink;
  readonly #byConn = new Map<string, Entry>();
  /** Nearly everybody has one client, for which a list is much smaller than a set. */
  readonly #byUser = new Map<string, readonly Entry[]>();
  /** Clients this link was not told of yet; a new set for each link. */
  #untold = new Set<Entry>();

  constructor(options: { ids: Ids; link: PresenceUplink }) {
    this.#ids = options.ids;
    this.#link = options.link;
  }

  /** A client of this user is connected. */
  open(userId: string, reader: PresenceReader): Presence {
    const entry = new Entry(userId, this.#ids.mint('con'), reader, this);
    this.#byConn.set(entry.conn, entry);
    this.#byUser.set(userId, (this.#byUser.get(userId) ?? []).concat(entry));
    this.#link.send(openedFrame(entry));
    return entry;
  }

  /** Tells a new link all that is open, no faster than the kernel reads. */
  async restore(): Promise<void> {
    const untold = new Set(this.#byConn.values());
    this.#untold = untold;
    for (const entry of untold) {
      if (this.#link.isFull) await this.#link.drained();
      if (untold !== this.#untold) return;
      if (untold.delete(entry)) this.#link.send(openedFrame(entry));
    }
  }

  /** The link is gone: nothing is told until the next one. */
  suspend(): void {
    this.#untold = new Set();
    for (const entry of this.#byConn.values()) entry.hasSnapshot = false;
  }

  receive({ users, conn, frame }: LinkUsersFrame): void {
    const shared = new SharedFrame(frame);
    if (conn !== undefined) {
      const entry = this.#byConn.get(conn);
      if (entry === undefined) return;
      if (frame.type === 'presence.snapshot') entry.hasSnapshot = true;
      entry.reader.sendShared(shared);
      return;
    }
    for (const userId of users) {
      for (const entry of this.#byUser.get(userId) ?? []) {
        // What came before the snapshot is in it.
        if (frame.type !== 'presence.update' || entry.hasSnapshot) entry.reader.sendShared(shared);
      }
    }
  }

  /** A client is gone. */
  close(entry: Entry): void {
    if (!this.#byConn.delete(entry.conn)) return;
    const others = (this.#byUser.get(entry.userId) ?? []).filter((other) => other !== entry);
    if (others.length === 0) this.#byUser.delete(entry.userId);
    else this.#byUser.set(entry.userId, others);
    // A link that never heard of it needs no word.
    if (this.#untold.delete(entry)) return;
    this.#link.send({ type: 'closed', userId: entry.userId, conn: entry.conn });
  }
}

class Entry implements Presence {
  readonly userId: string;
  readonly conn: string;
  readonly reader: PresenceReader;
  /** True: what changes is told behind a snapshot of this link. */
  hasSnapshot = false;
  readonly #table: Pick<PresenceTable, 'close'>;

  constructor(userId: string, conn: string, reader: PresenceReader, table: Pick<PresenceTable, 'close'>) {
    this.userId = userId;
    this.conn = conn;
    this.reader = reader;
    this.#table = table;
  }

  close(): void {
    this.#table.close(this);
  }
}

function openedFrame({ userId, conn }: Entry): LinkUpFrame {
  return { type: 'opened', userId, conn };
}
