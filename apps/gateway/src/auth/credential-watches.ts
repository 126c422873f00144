import type { LinkRevokedFrame } from '@dispatch/link';
import { type Alarm, Alarms, NOT_SET } from '../alarms.ts';
import type { Clock } from '../clock.ts';
import type { Ids } from '../ids.ts';
import type { KnownCaller } from './authenticator.ts';
import type { Caller } from './caller.ts';
import type { CallerCache } from './caller-cache.ts';

/** At the latest after so long the kernel is asked again whether somebody still is who they were. */
const RECHECK_MS = 5 * 60_000;
/** Within this everybody is asked about whom the kernel may have revoked while nobody heard it. */
const RECOVERY_MS = 4_000;
/** Longer than an answer of the kernel is under way: an older revocation was in it. */
const REMEMBERED_MS = 60_000;

/** What stays open for long. */
export interface CredentialHolder {
  /** What it was opened by is over. Called once, and never before it is watched. */
  signedOut(): void;
}

/** One such thing, with what it was opened by. */
export interface CredentialWatch {
  /** It is closed, and its credential nobody's matter any more. */
  stop(): void;
}

interface Revocation {
  readonly at: number;
  readonly fits: (caller: Caller) => boolean;
}

export interface CredentialWatchesParts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly cache: CallerCache;
}

/** What stays open for long, with what it was opened by: ends it when that expires or is revoked. */
export class CredentialWatches {
  readonly #parts: CredentialWatchesParts;
  readonly #alarms: Alarms;
  readonly #watched = new Set<Watched>();
  #revocations: Revocation[] = [];
  /** When the link came back last: who was asked about before then may have been revoked while nobody heard it. */
  #recheckedAt = Number.NEGATIVE_INFINITY;

  constructor(parts: CredentialWatchesParts) {
    this.#parts = parts;
    this.#alarms = new Alarms(parts.clock);
  }

  get size(): number {
    return this.#watched.size;
  }

  /** Tells the holder when it is over, until the watch is stopped. */
  watch(known: KnownCaller, holder: CredentialHolder): CredentialWatch {
    if (known.caller.kind === 'local') return UNWATCHED;
    const watched = new Watched(known, holder, this);
    this.#watched.add(watched);
    const isOverAlready = this.#revocations.some(({ at, fits }) => at >= known.askedAt && fits(known.caller));
    if (isOverAlready) {
      watched.isOver = true;
      this.#alarms.set(watched, 0);
    } else if (known.askedAt <= this.#recheckedAt) this.#recheckSoon(watched);
    else this.#wait(watched, RECHECK_MS * (0.5 + this.#parts.ids.fraction() / 2));
    return watched;
  }

  /** The kernel says that these are over. */
  revoked({ sessionIds = [], userIds = [] }: LinkRevokedFrame): void {
    const { clock, cache } = this.#parts;
    const at = clock.mono();
    const fits = ({ principal }: Caller): boolean =>
      sessionIds.includes(principal.sessionId) || userIds.includes(principal.userId);
    this.#revocations = [...this.#revocations.filter((one) => at - one.at < REMEMBERED_MS), { at, fits }];
    cache.forget(fits);
    for (const watched of [...this.#watched]) if (fits(watched.known.caller)) this.#end(watched);
  }

  /** The link was broken, and a revocation may have fallen into the gap. */
  recheckAll(): void {
    const { clock, cache } = this.#parts;
    this.#recheckedAt = clock.mono();
    cache.forget(() => true);
    for (const watched of this.#watched) this.#recheckSoon(watched);
  }

  /** The moment has come to ask about this one, or to tell it that it is over. */
  async rung(watched: Watched): Promise<void> {
    const { caller } = watched.known;
    const isExpired = caller.expiresAt !== null && caller.expiresAt <= this.#parts.clock.wall();
    if (watched.isOver || isExpired) {
      this.#end(watched);
      return;
    }
    const standing = await watched.known.standing();
    if (!this.#watched.has(watched)) return;
    if (standing === 'over') this.#end(watched);
    // A kernel that cannot be asked now is asked again by way of its coming back.
    else this.#wait(watched, RECHECK_MS);
  }

  /** Nothing is asked about it any more. */
  drop(watched: Watched): void {
    this.#alarms.cancel(watched);
    this.#watched.delete(watched);
  }

  #recheckSoon(watched: Watched): void {
    this.#wait(watched, this.#parts.ids.fraction() * RECOVERY_MS);
  }

  #wait(watched: Watched, ms: number): void {
    const { expiresAt } = watched.known.caller;
    const left = expiresAt === null ? ms : Math.min(ms, expiresAt - this.#parts.clock.wall());
    this.#alarms.set(watched, Math.max(0, left));
  }

  #end(watched: Watched): void {
    if (!this.#watched.has(watched)) return;
    this.drop(watched);
    watched.holder.signedOut();
  }
}

/** What belongs to whom nobody can sign out. */
const UNWATCHED: CredentialWatch = { stop: () => undefined };

class Watched implements Alarm, CredentialWatch {
  dueAt = 0;
  place = NOT_SET;
  readonly known: KnownCaller;
  readonly holder: CredentialHolder;
  /** It was revoked while its holder came to be, which is told in a moment. */
  isOver = false;
  readonly #watches: Pick<CredentialWatches, 'rung' | 'drop'>;

  constructor(
    known: KnownCaller,
    holder: CredentialHolder,
    watches: Pick<CredentialWatches, 'rung' | 'drop'>,
  ) {
    this.known = known;
    this.holder = holder;
    this.#watches = watches;
  }

  ring(): void {
    void this.#watches.rung(this);
  }

  stop(): void {
    this.#watches.drop(this);
  }
}
