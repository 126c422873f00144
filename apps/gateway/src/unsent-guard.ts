import type { Clock } from './clock.ts';

/** Bytes a client may leave unread before it is dropped. Told to clients in `hello.limits.unsentBytes`. */
export const UNSENT_CAP_BYTES = 1024 * 1024;
/** Nobody gets more than this held, however briefly: room for two of the largest frames the kernel sends. */
const HARD_CAP_BYTES = 16 * 1024 * 1024;
/**
 * One large event, or a replay that comes in one piece, is over the cap for an instant with any client. Who is
 * still over it after this long does not keep up.
 */
const BURST_MS = 100;

export interface UnsentGuardOptions {
  readonly clock: Clock;
  /** Bytes handed over and not yet taken by the system. */
  readonly unsent: () => number;
  /** The client does not keep up. Called once at most. */
  readonly onFull: () => void;
}

/** Watches how much waits for one client; never makes anybody wait. */
export class UnsentGuard {
  readonly #options: UnsentGuardOptions;
  #cancel: (() => void) | undefined;
  #isDone = false;

  constructor(options: UnsentGuardOptions) {
    this.#options = options;
  }

  /** To be called after each write. */
  check(): void {
    const unsent = this.#options.unsent();
    if (this.#isDone || unsent <= UNSENT_CAP_BYTES) return;
    if (unsent > HARD_CAP_BYTES) {
      this.#full();
      return;
    }
    this.#cancel ??= this.#options.clock.after(BURST_MS, () => {
      this.#cancel = undefined;
      if (this.#options.unsent() > UNSENT_CAP_BYTES) this.#full();
    });
  }

  /** The client is gone, or is sent away for another reason. */
  stop(): void {
    this.#isDone = true;
    this.#cancel?.();
  }

  #full(): void {
    if (this.#isDone) return;
    this.stop();
    this.#options.onFull();
  }
}
