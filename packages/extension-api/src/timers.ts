/**
 * When a timer fires. `afterMs`: an interval; setting the clock does not move it while the kernel runs, and over a restart the time of day decides.
 * `at`: a time of day in epoch milliseconds, wherever the clock is set. Either may be as far away as wanted.
 */
export type TimerSetting =
  | { readonly key: string; readonly afterMs: number }
  | { readonly key: string; readonly at: number };

/** A timer whose time has come. */
export interface DueTimer {
  readonly key: string;
  /** Epoch milliseconds it was set for. */
  readonly dueAt: number;
  /** How often it was handed over before without an end: a handler that failed, a kernel that died. 0 the first time. */
  readonly attempt: number;
}

/** The extension's own timers. They are kept in the store, survive restarts and are set and cancelled by commits. */
export interface ExtensionTimers {
  /** Milliseconds until it fires, 0 when it is due. Undefined: no timer of this key. */
  remainingMs(key: string): Promise<number | undefined>;
  /** Epoch milliseconds at which it fires as the clock stands now. The same however often it is asked, while nobody sets the clock. Undefined: no such timer. */
  dueAt(key: string): Promise<number | undefined>;
}
