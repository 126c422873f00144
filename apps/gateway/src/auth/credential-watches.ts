import type { LinkRevokedFrame } from '@dispatch/link';
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

interface Watched {
  readonly known: KnownCaller;
  readonly onOver: () => void;
  cancel: () => void;
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
  readonly #watched = new Set<Watched>();
  #revocations: Revocation[] = [];

  constructor(parts: CredentialWatchesParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#watched.size;
  }

  /** `onOver` is called once, and never before this returned. The returned function ends the watch. */
  watch(known: KnownCaller, onOver: () => void): () => void {
    if (known.caller.kind === 'local') return () => undefined;
    const watched: Watched = { known, onOver, cancel: () => undefined };
    this.#watched.add(watched);
    const isOverAlready = this.#revocations.some(({ at, fits }) => at >= known.askedAt && fits(known.caller));
    if (isOverAlready) watched.cancel = this.#parts.clock.after(0, () => this.#end(watched));
    else this.#wait(watched, RECHECK_MS * (0.5 + this.#parts.ids.fraction() / 2));
    return () => this.#drop(watched);
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
    const { ids, cache } = this.#parts;
    cache.forget(() => true);
    for (const watched of this.#watched) {
      watched.cancel();
      this.#wait(watched, ids.fraction() * RECOVERY_MS);
    }
  }

  #wait(watched: Watched, ms: number): void {
    const { clock } = this.#parts;
    const { expiresAt } = watched.known.caller;
    const left = expiresAt === null ? ms : Math.min(ms, expiresAt - clock.wall());
    watched.cancel = clock.after(Math.max(0, left), () => void this.#recheck(watched));
  }

  async #recheck(watched: Watched): Promise<void> {
    const { clock } = this.#parts;
    const { caller } = watched.known;
    if (caller.expiresAt !== null && caller.expiresAt <= clock.wall()) return this.#end(watched);
    watched.cancel = () => undefined;
    const standing = await watched.known.standing();
    if (!this.#watched.has(watched)) return;
    if (standing === 'over') this.#end(watched);
    // A kernel that cannot be asked now is asked again by way of its coming back.
    else this.#wait(watched, RECHECK_MS);
  }

  #end(watched: Watched): void {
    if (!this.#watched.has(watched)) return;
    this.#drop(watched);
    watched.onOver();
  }

  #drop(watched: Watched): void {
    watched.cancel();
    this.#watched.delete(watched);
  }
}
