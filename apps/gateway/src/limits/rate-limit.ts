import type { Clock } from '../clock.ts';
import { type Refusal, refuse } from '../refusal.ts';
import { Buckets } from './buckets.ts';
import { perMinute } from './token-bucket.ts';

/** How one stands with a limit, as headers tell it. */
export interface Allowance {
  readonly headers: Readonly<Record<string, string>>;
  /** Absent: it may go on. */
  readonly refusal?: Refusal;
}

const UNLIMITED: Allowance = { headers: {} };

/** What each person, or each address, may ask for in a minute. */
export class RateLimit {
  readonly #name: string;
  readonly #count: number;
  readonly #buckets: Buckets;

  /** `count` a minute; `Infinity`: no limit. `name` is told to clients. */
  constructor(name: string, count: number, clock: Clock) {
    this.#name = name;
    this.#count = count;
    this.#buckets = new Buckets(perMinute(count), clock);
  }

  get size(): number {
    return this.#buckets.size;
  }

  take(key: string): Allowance {
    if (!Number.isFinite(this.#count)) return UNLIMITED;
    const bucket = this.#buckets.of(key);
    const waitMs = bucket.take();
    const seconds = Math.ceil(bucket.fullInMs / 1000);
    const headers = {
      'RateLimit-Policy': `"${this.#name}";q=${this.#count};w=60`,
      RateLimit: `"${this.#name}";r=${Math.floor(bucket.left)};t=${seconds}`,
    };
    if (waitMs === undefined) return { headers };
    const refusal = { ...refuse('rate-limited', 'Too many requests; wait a moment.'), retryAfterMs: waitMs };
    return { headers, refusal };
  }
}
