import type { Clock } from '../clock.ts';

/** Below this a reader counts as one that keeps up: ten thousand of them still fit the budget. */
const BEHIND_BYTES = 16 * 1024;
const LOOK_EVERY_MS = 250;

/** Somebody for whom bytes wait. */
export interface Reader {
  /** Bytes handed over and not yet taken by the system. */
  unsent(): number;
  /** Gives up on them. */
  shed(): void;
}

/** Watches what waits for all readers together, and gives up on the worst of them before it is too much. */
export class UnsentBudget {
  readonly #bytes: number;
  readonly #clock: Clock;
  readonly #behind = new Set<Reader>();
  #cancel: (() => void) | undefined;

  constructor(bytes: number, clock: Clock) {
    this.#bytes = bytes;
    this.#clock = clock;
  }

  /** To be called after a write that left so much. */
  note(reader: Reader, unsent: number): void {
    if (unsent <= BEHIND_BYTES) return;
    this.#behind.add(reader);
    this.#cancel ??= this.#clock.after(LOOK_EVERY_MS, () => this.#look());
  }

  /** The reader is gone. */
  forget(reader: Reader): void {
    this.#behind.delete(reader);
  }

  #look(): void {
    this.#cancel = undefined;
    const waiting = [...this.#behind].map((reader) => ({ reader, unsent: reader.unsent() }));
    let total = 0;
    for (const { reader, unsent } of waiting) {
      total += unsent;
      if (unsent <= BEHIND_BYTES) this.#behind.delete(reader);
    }
    waiting.sort((a, b) => b.unsent - a.unsent);
    for (const { reader, unsent } of waiting) {
      if (total <= this.#bytes) break;
      total -= unsent;
      this.#behind.delete(reader);
      reader.shed();
    }
    if (this.#behind.size > 0) this.#cancel = this.#clock.after(LOOK_EVERY_MS, () => this.#look());
  }
}
