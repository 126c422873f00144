import type { DueTimer, TimerSetting } from '../timers.ts';
import type { VirtualClock } from './virtual-clock.ts';

interface KeptTimer {
  readonly key: string;
  /** Time of day it was set for. */
  readonly dueAt: number;
  /** On the clock that never jumps. Undefined: the time of day decides. */
  dueMono: number | undefined;
  attempt: number;
}

const RETRY_MS = 1_000;

/** Durable timers over a virtual clock. */
export class TestTimers {
  readonly #kept = new Map<string, KeptTimer>();
  readonly #firing = new Map<string, KeptTimer>();
  readonly #clock: VirtualClock;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  set(setting: TimerSetting): void {
    const { key } = setting;
    const timer =
      'at' in setting
        ? { key, dueAt: setting.at, dueMono: undefined, attempt: 0 }
        : {
            key,
            dueAt: this.#clock.now() + setting.afterMs,
            dueMono: this.#clock.mono() + setting.afterMs,
            attempt: 0,
          };
    this.#kept.set(key, timer);
  }

  cancel(key: string): void {
    this.#kept.delete(key);
  }

  keys(): readonly string[] {
    return [...this.#kept.keys()].sort();
  }

  remainingMs(key: string): number | undefined {
    const timer = this.#kept.get(key);
    return timer === undefined ? undefined : this.#remaining(timer);
  }

  dueAt(key: string): number | undefined {
    const left = this.remainingMs(key);
    return left === undefined ? undefined : this.#clock.now() + left;
  }

  /** Milliseconds until the next one that is not being handled. Undefined: there is none. */
  nextMs(): number | undefined {
    const waiting = [...this.#kept.values()].filter(({ key }) => !this.#firing.has(key));
    if (waiting.length === 0) return undefined;
    return Math.min(...waiting.map((timer) => this.#remaining(timer)));
  }

  /** Takes the earliest timer whose time has come; it stays until {@link over}. */
  take(): DueTimer | undefined {
    const due = [...this.#kept.values()]
      .filter((timer) => !this.#firing.has(timer.key) && this.#remaining(timer) <= 0)
      .sort((a, b) => a.dueAt - b.dueAt)[0];
    if (due === undefined) return undefined;
    this.#firing.set(due.key, due);
    const { key, dueAt, attempt } = due;
    return { key, dueAt, attempt };
  }

  /** The handler of a timer ended. Unless it was set again meanwhile it is gone, or comes again when the handler failed. */
  over(key: string, failed: boolean): void {
    const fired = this.#firing.get(key);
    this.#firing.delete(key);
    if (fired === undefined || this.#kept.get(key) !== fired) return;
    if (!failed) {
      this.#kept.delete(key);
      return;
    }
    fired.dueMono = this.#clock.mono() + RETRY_MS * 2 ** fired.attempt;
    fired.attempt += 1;
  }

  /** The process ended: what was being handled comes again, and the time of day decides what is due. */
  restart(): void {
    for (const [key, fired] of this.#firing) {
      if (this.#kept.get(key) === fired) fired.attempt += 1;
    }
    this.#firing.clear();
    for (const timer of this.#kept.values()) {
      if (timer.dueMono === undefined) continue;
      timer.dueMono = this.#clock.mono() + timer.dueAt - this.#clock.now();
    }
  }

  #remaining(timer: KeptTimer): number {
    const left =
      timer.dueMono === undefined ? timer.dueAt - this.#clock.now() : timer.dueMono - this.#clock.mono();
    return Math.max(0, left);
  }
}
