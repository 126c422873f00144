import type { Clock } from '../clock.ts';
import { type BucketSize, TokenBucket } from './token-bucket.ts';

/** Buckets held at once. Who is forgotten starts with a full one, as one does who did not come for a minute. */
const CAP = 20_000;

/** A bucket for each name: what one uses up, no other misses. */
export class Buckets {
  readonly #size: BucketSize;
  readonly #clock: Clock;
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(size: BucketSize, clock: Clock) {
    this.#size = size;
    this.#clock = clock;
  }

  get size(): number {
    return this.#buckets.size;
  }

  /** The bucket of this name, which was used last from now on. */
  of(name: string): TokenBucket {
    const bucket = this.#buckets.get(name) ?? new TokenBucket(this.#size, this.#clock);
    // The one that was used longest ago stands first.
    this.#buckets.delete(name);
    this.#buckets.set(name, bucket);
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > CAP && oldest !== undefined) this.#buckets.delete(oldest);
    return bucket;
  }
}
