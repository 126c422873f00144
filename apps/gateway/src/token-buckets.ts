import type { Clock } from './clock.ts';

export interface TokenBucketsOptions {
  readonly clock: Clock;
  /** Tokens a bucket holds at most, and starts with. */
  readonly capacity: number;
  /** Time in which an empty one fills up. */
  readonly refillMs: number;
}

interface Bucket {
  tokens: number;
  /** When `tokens` was right, by the monotonic clock. */
  at: number;
}

/** One bucket for each name; one that is full again is forgotten. */
export class TokenBuckets {
  readonly #options: TokenBucketsOptions;
  readonly #buckets = new Map<string, Bucket>();
  #cancelSweep: (() => void) | undefined;

  constructor(options: TokenBucketsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#buckets.size;
  }

  /** Takes a token: 0. None is left: the milliseconds until there is one. */
  take(name: string): number {
    const { clock, capacity, refillMs } = this.#options;
    const bucket = this.#buckets.get(name) ?? { tokens: capacity, at: clock.mono() };
    this.#refill(bucket);
    const perToken = refillMs / capacity;
    if (bucket.tokens < 1) return Math.ceil((1 - bucket.tokens) * perToken);
    bucket.tokens -= 1;
    this.#buckets.set(name, bucket);
    this.#cancelSweep ??= clock.after(refillMs, () => this.#sweep());
    return 0;
  }

  stop(): void {
    this.#cancelSweep?.();
  }

  #refill(bucket: Bucket): void {
    const { clock, capacity, refillMs } = this.#options;
    const now = clock.mono();
    bucket.tokens = Math.min(capacity, bucket.tokens + ((now - bucket.at) * capacity) / refillMs);
    bucket.at = now;
  }

  #sweep(): void {
    const { clock, capacity, refillMs } = this.#options;
    for (const [name, bucket] of this.#buckets) {
      this.#refill(bucket);
      if (bucket.tokens >= capacity) this.#buckets.delete(name);
    }
    const isEmpty = this.#buckets.size === 0;
    this.#cancelSweep = isEmpty ? undefined : clock.after(refillMs, () => this.#sweep());
  }
}
