import type { Clock } from '../../clock.ts';

/** As long as this a document is not asked for again. */
const FRESH_MS = 10 * 60_000;
/** While its source is away it can be used this long; then what depends on it is closed. */
const USABLE_MS = 24 * 3_600_000;
/** Between two attempts, so that nobody can make us flood the source. */
const COOLDOWN_MS = 30_000;
/** The same while there is nothing to work with, and everybody waits for it. */
const EMPTY_COOLDOWN_MS = 5_000;

/** A document of somebody else's, kept for a while. */
export class FetchedDocument<T> {
  readonly #load: () => Promise<T>;
  readonly #clock: Clock;
  #held: { readonly value: T; readonly at: number } | undefined;
  #attempt: { readonly at: number; readonly done: Promise<void>; failure?: unknown } | undefined;

  constructor(load: () => Promise<T>, clock: Clock) {
    this.#load = load;
    this.#clock = clock;
  }

  /** The document, as new as it has to be. Throws what the last attempt ended with when there is none that can be used. */
  async current(): Promise<T> {
    if (this.#age() > FRESH_MS) await this.#refresh();
    if (this.#held !== undefined && this.#age() <= USABLE_MS) return this.#held.value;
    throw this.#attempt?.failure ?? new Error('the document is too old');
  }

  /** The document, asked for anew unless that was done a moment ago. */
  async newer(): Promise<T> {
    await this.#refresh();
    return this.current();
  }

  #age(): number {
    return this.#held === undefined ? Number.POSITIVE_INFINITY : this.#clock.mono() - this.#held.at;
  }

  #refresh(): Promise<void> {
    const now = this.#clock.mono();
    const pause = this.#age() <= USABLE_MS ? COOLDOWN_MS : EMPTY_COOLDOWN_MS;
    if (this.#attempt !== undefined && now - this.#attempt.at < pause) return this.#attempt.done;
    const attempt: { at: number; done: Promise<void>; failure?: unknown } = {
      at: now,
      done: Promise.resolve(),
    };
    attempt.done = this.#load().then(
      (value) => {
        this.#held = { value, at: this.#clock.mono() };
      },
      (error: unknown) => {
        attempt.failure = error;
      },
    );
    this.#attempt = attempt;
    return attempt.done;
  }
}
