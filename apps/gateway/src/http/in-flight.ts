import type { ServerResponse } from 'node:http';

/** Requests whose answer a shutdown waits for. */
export class InFlight {
  readonly #open = new Set<ServerResponse>();
  readonly #waiting = new Set<() => void>();

  /** Counts it until its answer is out or the client is gone. */
  add(outgoing: ServerResponse): void {
    this.#open.add(outgoing);
    outgoing.once('close', () => this.release(outgoing));
  }

  /** An answer that streams for as long as a turn runs is nobody's to wait for. */
  release(outgoing: ServerResponse): void {
    if (!this.#open.delete(outgoing) || this.#open.size > 0) return;
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }

  whenNone(): Promise<void> {
    if (this.#open.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.add(resolve));
  }
}
