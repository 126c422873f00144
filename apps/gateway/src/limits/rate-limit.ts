import type { Clock } from '../clock.ts';
import { type Refusal, refuse } from '../refusal.ts';
import { perMinute, TokenBucket } from './token-bucket.ts';

/** Buckets held at once. Who is forgotten starts with a full one, as one does who did not come for a minute. */
const CAP = 20_000;

/** How one stands with a limit, as headers tell it. */
export interface Allowance {
  readonly headers: Readonly<Record<string, string>>;
  /** Absent: it may go on. */
  readonly refusal?: Refusal;
}

const UNLIMITED: Allowance = { headers: {} };

/** A bucket for each person, or each address: what one uses up, no other misses. */
export class RateLimit {
  readonly #name: string;
  readonly #count: number;
  readonly #clock: Clock;
  readonly #buckets = new Map<string, TokenBucket>();

  /** `count` a minute; `Infinity`: no limit. `name` is told to clients. */
  constructor(name: string, count: number, clock: Clock) {
    this.#name = name;
    this.#count = count;
    this.#clock = clock;
  }

  get size(): number {
    return this.#buckets.size;
  }

  take(key: string): Allowance {
    if (!Number.isFinite(this.#count)) return UNLIMITED;
    const bucket = this.#buckets.get(key) ?? new TokenBucket(perMinute(this.#count), this.#clock);
    const waitMs = bucket.take();
    // The one that was used longest ago stands first.
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    this.#forgetOldest();
    const seconds = Math.ceil(bucket.fullInMs / 1000);
    const headers = {
      'RateLimit-Policy': `"${this.#name}";q=${this.#count};w=60`,
      RateLimit: `"${this.#name}";r=${Math.floor(bucket.left)};t=${seconds}`,
    };
    if (waitMs === undefined) return { headers };
    const refusal = { ...refuse('rate-limited', 'Too many requests; wait a moment.'), retryAfterMs: waitMs };
    return { headers, refusal };
  }

  #forgetOldest(): void {
    for (const key of this.#buckets.keys()) {
      if (this.#buckets.size <= CAP) return;
      this.#buckets.delete(key);
    }
  }
}
