import type { Connection } from './connection.ts';

/** Which socket is which tab of whom. A tab has one socket: a second one takes the place of the first. */
export class Tabs {
  readonly #byTab = new Map<string, Connection>();
  readonly #tabs = new Map<Connection, string>();

  /** From here on this socket is that tab of its user; the one that was before is sent away, and gets nothing more. */
  claim(connection: Connection, tab: string): void {
    const { userId, sessionId } = connection.principal;
    const key = JSON.stringify([userId, sessionId, tab]);
    const before = this.#byTab.get(key);
    if (before === connection) return;
    this.release(connection);
    this.#byTab.set(key, connection);
    this.#tabs.set(connection, key);
    if (before === undefined) return;
    this.#tabs.delete(before);
    before.replaced();
  }

  /** The socket is gone, or is another tab from now on. */
  release(connection: Connection): void {
    const key = this.#tabs.get(connection);
    if (key === undefined) return;
    this.#tabs.delete(connection);
    this.#byTab.delete(key);
  }
}
