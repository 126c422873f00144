import type { Clock } from '../clock.ts';

/** What adding up parts may lose: who waits as long as they were told must not be told to wait again. */
const ROUNDING = 1e-6;

export interface BucketSize {
  /** What may be taken at once. */
  readonly capacity: number;
  /** What comes back in a millisecond. `Infinity`: it is never empty. */
  readonly perMs: number;
}

/** An allowance that refills by itself. */
export class TokenBucket {
  readonly #clock: Clock;
  readonly #size: BucketSize;
  #tokens: number;
  #at: number;

  constructor(size: BucketSize, clock: Clock) {
    this.#size = size;
    this.#clock = clock;
    this.#tokens = size.capacity;
    this.#at = clock.mono();
  }

  /** What could be taken now. */
  get left(): number {
    this.#refill();
    return this.#tokens;
  }

  /** Milliseconds until it is full. */
  get fullInMs(): number {
    return (this.#size.capacity - this.left) / this.#size.perMs;
  }

  /** Takes one and gives undefined; or, when fewer than `keep` would be left, takes none and gives the milliseconds to wait. */
  take(keep = 0): number | undefined {
    if (!Number.isFinite(this.#size.capacity)) return undefined;
    const missing = 1 + keep - this.left;
    if (missing > ROUNDING) return Math.ceil(missing / this.#size.perMs);
    this.#tokens -= 1;
    return undefined;
  }

  #refill(): void {
    const now = this.#clock.mono();
    this.#tokens = Math.min(this.#size.capacity, this.#tokens + (now - this.#at) * this.#size.perMs);
    this.#at = now;
  }
}

/** A bucket that holds what may be used in a minute. */
export function perMinute(count: number): BucketSize {
  return { capacity: count, perMs: count / 60_000 };
}
