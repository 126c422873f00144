import type { IncomingMessage } from 'node:http';
import { networkAddress } from '@dispatch/link';
import type { Clock } from '../clock.ts';
import { type Refusal, refuse } from '../refusal.ts';
import type { Limits } from './limits.ts';
import { TokenBucket } from './token-bucket.ts';

/** The part of what can be had at once that only those get who come back. */
const KEPT_FOR_RESUMES = 0.25;
const RESUME = /[?&]resume(?:_from)?=/;
/** How long somebody is to wait whom a count and no rate turned away. */
const COUNT_WAIT_MS = 5_000;

/** A place that was given out. */
export interface Place {
  /** The handshake is over, well or not. */
  settled(): void;
  /** Who it is shows only in the handshake. Undefined: they may stay. Counted until the place is left. */
  claim(userId: string): Refusal | undefined;
  /** The socket is closed, or never came to be. */
  leave(): void;
}

/** Lets in as many connections as there is room for, those that come back first. */
export class Admission {
  readonly #limits: Limits;
  readonly #rate: TokenBucket;
  readonly #byAddress = new Map<string, number>();
  readonly #byUser = new Map<string, number>();
  #handshakes = 0;
  #open = 0;

  constructor(limits: Limits, clock: Clock) {
    const perSecond = limits.connectionsPerSecond;
    this.#limits = limits;
    this.#rate = new TokenBucket({ capacity: perSecond, perMs: perSecond / 1000 }, clock);
  }

  /** A place, or why there is none. */
  enter(incoming: IncomingMessage): Place | Refusal {
    const { handshakes, connections, connectionsPerAddress, connectionsPerSecond } = this.#limits;
    const kept = RESUME.test(incoming.url ?? '') ? 0 : KEPT_FOR_RESUMES;
    if (this.#open >= connections) return full(COUNT_WAIT_MS);
    if (this.#handshakes >= handshakes * (1 - kept)) return full(1_000);
    const address = networkAddress(incoming.socket.remoteAddress);
    if (countOf(this.#byAddress, address) >= connectionsPerAddress) return tooMany('from this address');
    const waitMs = this.#rate.take(Math.floor(connectionsPerSecond * kept) || 0);
    if (waitMs !== undefined) return full(waitMs);
    return this.#place(address);
  }

  #place(address: string): Place {
    let isSettled = false;
    let isLeft = false;
    let user: string | undefined;
    this.#handshakes += 1;
    this.#open += 1;
    add(this.#byAddress, address, 1);
    const settled = (): void => {
      if (!isSettled) this.#handshakes -= 1;
      isSettled = true;
    };
    return {
      settled,
      claim: (userId) => {
        if (countOf(this.#byUser, userId) >= this.#limits.connectionsPerUser)
          return tooMany('of this person');
        user = userId;
        add(this.#byUser, userId, 1);
        return undefined;
      },
      leave: () => {
        settled();
        if (isLeft) return;
        isLeft = true;
        this.#open -= 1;
        add(this.#byAddress, address, -1);
        if (user !== undefined) add(this.#byUser, user, -1);
      },
    };
  }
}

/** Everybody is told to come back at a moment of their own by their own back-off; this is the earliest. */
function full(retryAfterMs: number): Refusal {
  return { ...refuse('overloaded', 'Too many connections are being opened; try again.'), retryAfterMs };
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
