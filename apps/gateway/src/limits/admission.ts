import type { IncomingMessage } from 'node:http';
import { networkAddress } from '@dispatch/link';
import type { Clock } from '../clock.ts';
import type { ClientAddress } from '../http/client-address.ts';
import { type Refusal, refuse } from '../refusal.ts';
import { Buckets } from './buckets.ts';
import type { Limits } from './limits.ts';
import { TokenBucket } from './token-bucket.ts';

/** The part of what can be had at once that only those get who come back. */
const KEPT_FOR_RESUMES = 0.25;
const RESUME = /[?&]resume(?:_from)?=/;
/** An address may open as many as it may have, twice over, and in so long as many again. */
const REOPENED_MS = 10_000;
/** How long somebody is to wait whom a count and no rate turned away. */
const COUNT_WAIT_MS = 5_000;

export interface AdmissionParts {
  readonly limits: Limits;
  readonly clock: Clock;
  readonly addressOf: ClientAddress;
}

/** Lets in as many connections as there is room for, those that come back first. */
export class Admission {
  readonly #limits: Limits;
  readonly #rate: TokenBucket;
  /** What each address opens, also what is closed or refused at once. */
  readonly #rates: Buckets;
  readonly #addressOf: ClientAddress;
  readonly #byAddress = new Map<string, number>();
  readonly #byUser = new Map<string, number>();
  #handshakes = 0;
  #open = 0;

  constructor({ limits, clock, addressOf }: AdmissionParts) {
    const { connectionsPerSecond: perSecond, connectionsPerAddress: perAddress } = limits;
    this.#limits = limits;
    this.#addressOf = addressOf;
    this.#rate = new TokenBucket({ capacity: perSecond, perMs: perSecond / 1000 }, clock);
    this.#rates = new Buckets({ capacity: 2 * perAddress, perMs: perAddress / REOPENED_MS }, clock);
  }

  /** A place, or why there is none. */
  enter(incoming: IncomingMessage): Place | Refusal {
    const { handshakes, connections, connectionsPerAddress, connectionsPerSecond } = this.#limits;
    const kept = RESUME.test(incoming.url ?? '') ? 0 : KEPT_FOR_RESUMES;
    if (this.#open >= connections) return full(COUNT_WAIT_MS);
    if (this.#handshakes >= handshakes * (1 - kept)) return full(1_000);
    const address = networkAddress(this.#addressOf(incoming));
    if (countOf(this.#byAddress, address) >= connectionsPerAddress) return tooMany('from this address');
    const againMs = Number.isFinite(connectionsPerAddress) ? this.#rates.of(address).take() : undefined;
    if (againMs !== undefined) return tooFast(againMs);
    const waitMs = this.#rate.take(Math.floor(connectionsPerSecond * kept) || 0);
    if (waitMs !== undefined) return full(waitMs);
    this.#handshakes += 1;
    this.#open += 1;
    add(this.#byAddress, address, 1);
    return new Place(address, this);
  }

  /** A handshake is over. */
  settled(): void {
    this.#handshakes -= 1;
  }

  /** Counts one more of this person, or tells why there is no room for it. */
  claim(userId: string): Refusal | undefined {
    if (countOf(this.#byUser, userId) >= this.#limits.connectionsPerUser) return tooMany('of this person');
    add(this.#byUser, userId, 1);
    return undefined;
  }

  /** What was claimed without a place is over. */
  release(userId: string): void {
    add(this.#byUser, userId, -1);
  }

  /** One from this address is gone, which was this person's if it was claimed. */
  left(address: string, userId: string | undefined): void {
    this.#open -= 1;
    add(this.#byAddress, address, -1);
    if (userId !== undefined) add(this.#byUser, userId, -1);
  }
}

/** A place that was given out. Kept for as long as its connection. */
export class Place {
  readonly #address: string;
  readonly #admission: Admission;
  #user: string | undefined;
  #isSettled = false;
  #isLeft = false;

  constructor(address: string, admission: Admission) {
    this.#address = address;
    this.#admission = admission;
  }

  /** The handshake is over, well or not. */
  settled(): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#admission.settled();
  }

  /** Who it is shows only in the handshake. Undefined: they may stay. Counted until the place is left. */
  claim(userId: string): Refusal | undefined {
    // Who left in the middle of the handshake leaves no second time.
    if (this.#isLeft) return undefined;
    const refusal = this.#admission.claim(userId);
    if (refusal === undefined) this.#user = userId;
    return refusal;
  }

  /** The socket is closed, or never came to be. */
  leave(): void {
    this.settled();
    if (this.#isLeft) return;
    this.#isLeft = true;
    this.#admission.left(this.#address, this.#user);
  }
}

/** Everybody is told to come back at a moment of their own by their own back-off; this is the earliest. */
function full(retryAfterMs: number): Refusal {
  return { ...refuse('overloaded', 'Too many connections are being opened; try again.'), retryAfterMs };
}

function tooFast(retryAfterMs: number): Refusal {
  return {
    ...refuse('rate-limited', 'This address opens too many connections; wait a moment.'),
    retryAfterMs,
  };
}

function tooMany(whose: string): Refusal {
  const refusal = refuse('rate-limited', `Too many connections ${whose} are open.`, 'Close one first.');
  return { ...refusal, retryAfterMs: COUNT_WAIT_MS };
}

function countOf(counts: Map<string, number>, key: string): number {
  return counts.get(key) ?? 0;
}

function add(counts: Map<string, number>, key: string, difference: number): void {
  const count = countOf(counts, key) + difference;
  if (count > 0) counts.set(key, count);
  else counts.delete(key);
}
