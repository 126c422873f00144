import type { DueTimer, Handled } from '@dispatch/extension-api';
import TinyQueue from 'tinyqueue';
import { crashPoint } from '../crash-point.ts';
import type { Clock } from '../ports.ts';
import { withinTime } from '../within-time.ts';
import type { ExtensionStore } from './extension-store.ts';
import type { Failure } from './failure-counter.ts';

/** Handlers of one extension that run at once: after a long sleep everything is due. */
const AT_ONCE = 16;
/** How long a stop waits for handlers that run. */
const GRACE_MS = 1_000;
/** Timers in the queue that are over, beside those that are not, before it is made anew. */
const MOST_OVER = 1_000;
const HANDLER_MS = 120_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 300_000;
/** Where a time of day is waited for, the clock is looked at so often: nobody tells when it is set. */
const LOOK_AT_CLOCK_MS = 10_000;
/** A clock that moved by more than this was set. */
const SET_BY_MS = 500;
/** Timers of the platform count no further; waking up once in so long costs nothing. */
const LONGEST_WAIT_MS = 3_600_000;

export type TimerHandler = (timer: DueTimer, signal: AbortSignal) => Handled | Promise<Handled>;

/** A timer as a commit set it. */
export interface SetTimer {
  readonly key: string;
  readonly generation: number;
  /** Epoch milliseconds. */
  readonly dueAt: number;
  /** True: it fires at that time of day, wherever the clock is set meanwhile. */
  readonly byClock: boolean;
  /** Until then, as the clock stands. */
  readonly waitMs: number;
}

/** What the runner needs to know of an extension. */
export interface TimerOwner {
  readonly extensionId: string;
  readonly handler: TimerHandler;
  /** Writes what the handler answered together with the end of the timer. */
  readonly commit: (
    handled: Handled,
    fired: { key: string; generation: number },
  ) => Promise<'committed' | 'conflict'>;
  /** Told of each failure of the handler; gives true when that was one too many. */
  readonly onFailure: (failure: Failure) => boolean;
  /** `source`: the key of the timer. */
  readonly onSuccess: (source: string) => void;
}

/** Fires the durable timers of all extensions from one timer of the platform. */
export interface TimerRunner {
  /** Takes over the stored timers of these extensions; what is overdue fires at once. */
  start(owners: readonly TimerOwner[]): Promise<void>;
  /** A commit of this extension set and cancelled timers. */
  changed(extensionId: string, set: readonly SetTimer[], cancelled: readonly string[]): void;
  remainingMs(extensionId: string, key: string): number | undefined;
  /** Epoch milliseconds as the clock stands now. */
  dueAt(extensionId: string, key: string): number | undefined;
  removeOf(extensionId: string): void;
  /** Fires nothing more, and waits a second for handlers that run; what they answer later is not written. */
  stop(): Promise<void>;
}

interface Armed {
  readonly extensionId: string;
  readonly key: string;
  readonly generation: number;
  readonly dueAt: number;
  readonly byClock: boolean;
  attempt: number;
  /** On the monotonic clock. */
  dueMono: number;
}

const queueOf = (timers: Armed[]) => new TinyQueue<Armed>(timers, (a, b) => a.dueMono - b.dueMono);

export function createTimerRunner(
  store: Pick<ExtensionStore, 'timers' | 'claimTimer'>,
  clock: Clock,
): TimerRunner {
  const owners = new Map<string, TimerOwner>();
  /** The timer of each key as it was set last. What stands in the queue besides is over. */
  const current = new Map<string, Armed>();
  /** Of those the ones that mean a time of day, and some that are over. */
  const byClock = new Set<Armed>();
  let queue = queueOf([]);
  let due: Armed[] = [];
  const running = new Map<string, { readonly extensionId: string; readonly over: Promise<void> }>();
  let isOver = false;
  const stopping = new AbortController();
  let cancelWait = () => {};
  let waitsUntil = Number.POSITIVE_INFINITY;
  /** What the clock says beyond the monotonic one, when it was looked at last. */
  let offset = clock.wall() - clock.mono();

  const nameOf = ({ extensionId, key }: Pick<Armed, 'extensionId' | 'key'>) => `${extensionId}\n${key}`;

  function arm(timer: Armed): void {
    const name = nameOf(timer);
    // Two commits may be answered in another order than they were made in.
    if ((current.get(name)?.generation ?? 0) > timer.generation) return;
    current.set(name, timer);
    const isFirst = timer.byClock && byClock.size === 0;
    if (timer.byClock) byClock.add(timer);
    queue.push(timer);
    if (queue.length > current.size * 2 + MOST_OVER) {
      queue = queueOf([...current.values()]);
      for (const one of byClock) if (current.get(nameOf(one)) !== one) byClock.delete(one);
    }
    // The clock is looked at from the first on that means a time of day.
    if (isFirst || timer.dueMono < waitsUntil) plan();
  }

  function plan(): void {
    cancelWait();
    cancelWait = () => {};
    const next = queue.peek();
    waitsUntil = next?.dueMono ?? Number.POSITIVE_INFINITY;
    if (next === undefined || stopping.signal.aborted) return;
    const longest = byClock.size > 0 ? LOOK_AT_CLOCK_MS : LONGEST_WAIT_MS;
    const waitMs = Math.min(Math.max(0, Math.ceil(next.dueMono - clock.mono())), longest);
    cancelWait = clock.after(waitMs, () => {
      followClock();
      const now = clock.mono();
      for (let head = queue.peek(); head !== undefined && head.dueMono <= now; head = queue.peek()) {
        queue.pop();
        byClock.delete(head);
        if (current.get(nameOf(head)) === head) due.push(head);
      }
      plan();
      fire();
    });
  }

  /** Those that mean a time of day move with the clock. */
  function followClock(): void {
    const is = clock.wall() - clock.mono();
    if (Math.abs(is - offset) < SET_BY_MS) return;
    offset = is;
    for (const timer of [...byClock]) {
      const isCurrent = current.get(nameOf(timer)) === timer;
      if (!isCurrent || timer.attempt > 0) continue;
      byClock.delete(timer);
      const moved = { ...timer, dueMono: Math.max(clock.mono(), timer.dueAt - is) };
      byClock.add(moved);
      current.set(nameOf(moved), moved);
      queue.push(moved);
    }
  }

  function fire(): void {
    const waiting: Armed[] = [];
    for (const timer of due) {
      const name = nameOf(timer);
      if (stopping.signal.aborted || current.get(name) !== timer) continue;
      // One call at a time for each key: it waits for the one before.
      if (running.has(name) || runningOf(timer.extensionId) >= AT_ONCE) {
        waiting.push(timer);
        continue;
      }
      const over = handle(timer).finally(() => {
        if (running.get(name)?.over === over) running.delete(name);
        fire();
      });
      running.set(name, { extensionId: timer.extensionId, over });
    }
    due = waiting;
  }

  function runningOf(extensionId: string): number {
    let count = 0;
    for (const run of running.values()) if (run.extensionId === extensionId) count += 1;
    return count;
  }

  async function handle(timer: Armed): Promise<void> {
    const owner = owners.get(timer.extensionId);
    // Its extension is still being activated: the start takes it from the store.
    if (owner === undefined) return forget(timer);
    const { key, generation, dueAt, attempt } = timer;
    const late = new AbortController();
    const signal = AbortSignal.any([stopping.signal, late.signal]);
    try {
      if (!(await store.claimTimer(timer.extensionId, key, generation))) return forget(timer);
      crashPoint('before-timer-handler');
      const handled = await withinTime(clock, HANDLER_MS, async () =>
        owner.handler({ key, dueAt, attempt }, signal),
      );
      if (isOver || owners.get(timer.extensionId) !== owner) return;
      if ((await owner.commit(handled, { key, generation })) === 'conflict') {
        throw new Error('what it wants written does not fit what is stored');
      }
      crashPoint('after-timer-handler');
      owner.onSuccess(key);
      forget(timer);
    } catch (error) {
      late.abort(error);
      if (stopping.signal.aborted || current.get(nameOf(timer)) !== timer) return;
      if (owner.onFailure({ source: key, what: 'its timer handler', error })) return;
      timer.attempt += 1;
      timer.dueMono = clock.mono() + Math.min(FIRST_PAUSE_MS * 2 ** Math.min(attempt, 10), LONGEST_PAUSE_MS);
      queue.push(timer);
      if (timer.dueMono < waitsUntil) plan();
    }
  }

  function forget(timer: Armed): void {
    if (current.get(nameOf(timer)) === timer) current.delete(nameOf(timer));
  }

  return {
    async start(all) {
      for (const owner of all) owners.set(owner.extensionId, owner);
      const stored = await store.timers(all.map(({ extensionId }) => extensionId));
      const wall = clock.wall();
      const mono = clock.mono();
      for (const timer of stored) {
        if (!current.has(nameOf(timer))) arm({ ...timer, dueMono: mono + Math.max(0, timer.dueAt - wall) });
      }
    },
    changed(extensionId, set, cancelled) {
      for (const key of cancelled) current.delete(nameOf({ extensionId, key }));
      const mono = clock.mono();
      for (const { waitMs, ...timer } of set) {
        arm({ extensionId, ...timer, attempt: 0, dueMono: mono + waitMs });
      }
    },
    remainingMs(extensionId, key) {
      const timer = current.get(nameOf({ extensionId, key }));
      return timer === undefined ? undefined : Math.max(0, timer.dueMono - clock.mono());
    },
    dueAt(extensionId, key) {
      const timer = current.get(nameOf({ extensionId, key }));
      if (timer === undefined) return undefined;
      const now = timer.dueMono + clock.wall() - clock.mono();
      // What was stored is what was told before; only a clock that was set since makes it another time.
      return Math.abs(now - timer.dueAt) < SET_BY_MS ? timer.dueAt : Math.ceil(now);
    },
    removeOf(extensionId) {
      owners.delete(extensionId);
      // Handlers that hang must not count against whoever comes next.
      for (const [name, run] of running) if (run.extensionId === extensionId) running.delete(name);
      for (const [name, timer] of current) if (timer.extensionId === extensionId) current.delete(name);
    },
    async stop() {
      stopping.abort();
      cancelWait();
      const ended = Promise.allSettled([...running.values()].map(({ over }) => over));
      await Promise.race([ended, clock.sleep(GRACE_MS)]);
      isOver = true;
    },
  };
}
