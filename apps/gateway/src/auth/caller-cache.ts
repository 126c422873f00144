import { createHash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Caller } from './caller.ts';
import type { ShownCredential } from './shown-credential.ts';

/** How long an answer of the kernel may be used again. A revocation that never reached us is felt after this. */
const KEPT_MS = 5_000;
const CAP = 10_000;

/** Who was behind a credential a moment ago, and when that was asked. */
export interface RememberedCaller {
  readonly caller: Caller;
  /** On the clock that never goes back. */
  readonly askedAt: number;
}

/** Remembers good answers for a moment, under a hash, so that no secret stays behind. Bad ones are asked for each time. */
export class CallerCache {
  readonly #clock: Clock;
  readonly #known = new Map<string, RememberedCaller>();
  /** When somebody was forgotten last: what was asked before then may be what that was about. */
  #forgotAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#known.size;
  }

  find(shown: ShownCredential): RememberedCaller | undefined {
    const key = keyOf(shown);
    const found = this.#known.get(key);
    if (found === undefined) return undefined;
    const { expiresAt } = found.caller;
    const isOver = expiresAt !== null && expiresAt <= this.#clock.wall();
    if (!isOver && this.#clock.mono() - found.askedAt < KEPT_MS) return found;
    this.#known.delete(key);
    return undefined;
  }

  keep(shown: ShownCredential, remembered: RememberedCaller): void {
    if (remembered.askedAt <= this.#forgotAt) return;
    const key = keyOf(shown);
    this.#known.delete(key);
    this.#known.set(key, remembered);
    // The oldest stands first.
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= CAP) return;
      this.#known.delete(oldest);
    }
  }

  /** Forgets all callers that fit. */
  forget(fits: (caller: Caller) => boolean): void {
    this.#forgotAt = this.#clock.mono();
    for (const [key, { caller }] of this.#known) if (fits(caller)) this.#known.delete(key);
  }
}

function keyOf({ via, secret }: ShownCredential): string {
  return createHash('sha256').update(`${via}\n${secret}`).digest('base64');
}
