import type { DueTimer, Handled } from '@dispatch/extension-api';
import TinyQueue from 'tinyqueue';
import { crashPoint } from '../crash-point.ts';
import type { Clock } from '../ports.ts';
import { withinTime } from '../within-time.ts';
import type { ExtensionStore } from './extension-store.ts';

/** Handlers that run at once, over all extensions: after a long sleep everything is due. */
const AT_ONCE = 16;
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
  readonly onFailure: (what: string, error: unknown) => boolean;
  readonly onSuccess: () => void;
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
  /** Fires nothing more, and waits for handlers that run. */
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

export function createTimerRunner(
  store: Pick<ExtensionStore, 'timers' | 'claimTimer'>,
  clock: Clock,
): TimerRunner {
  const owners = new Map<string, TimerOwner>();
  /** The timer of each key as it was set last. What stands in the queue besides is over. */
  const current = new Map<string, Armed>();
  /** Of those the ones that mean a time of day, and some that are over. */
  const byClock = new Set<Armed>();
  const queue = new TinyQueue<Armed>([], (a, b) => a.dueMono - b.dueMono);
  const due: Armed[] = [];
  const running = new Map<string, Promise<void>>();
  const stopping = new AbortController();
  let cancelWait = () => {};
  let waitsUntil = Number.POSITIVE_INFINITY;
  /** What the clock says beyond the monotonic one, when it was looked at last. */
  let offset = clock.wall() - clock.mono();

  const nameOf = ({ extensionId, key }: Pick<Armed, 'extensionId' | 'key'>) => `${extensionId}\n${key}`;

  function arm(timer: Armed): void {
    if (timer.byClock) byClock.add(timer);
    current.set(nameOf(timer), timer);
    queue.push(timer);
    if (timer.dueMono < waitsUntil) plan();
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
    for (let index = 0; index < due.length && running.size < AT_ONCE && !stopping.signal.aborted; ) {
      const timer = due[index];
      const name = timer === undefined ? '' : nameOf(timer);
      // One call at a time for each key: it waits for the one before.
      if (timer === undefined || running.has(name)) {
        index += 1;
        continue;
      }
      due.splice(index, 1);
      if (current.get(name) !== timer) continue;
      const run = handle(timer).finally(() => {
        running.delete(name);
        fire();
      });
      running.set(name, run);
    }
  }

  async function handle(timer: Armed): Promise<void> {
    const owner = owners.get(timer.extensionId);
    if (owner === undefined) return;
    const { key, generation, dueAt, attempt } = timer;
    const { signal } = stopping;
    try {
      if (!(await store.claimTimer(timer.extensionId, key, generation))) return forget(timer);
      crashPoint('before-timer-handler');
      const handled = await withinTime(clock, HANDLER_MS, async () =>
        owner.handler({ key, dueAt, attempt }, signal),
      );
      if ((await owner.commit(handled, { key, generation })) === 'conflict') {
        throw new Error('what it wants written does not fit what is stored');
      }
      crashPoint('after-timer-handler');
      owner.onSuccess();
      forget(timer);
    } catch (error) {
      if (signal.aborted || current.get(nameOf(timer)) !== timer) return;
      if (owner.onFailure('its timer handler', error)) return;
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
      for (const [name, timer] of current) if (timer.extensionId === extensionId) current.delete(name);
    },
    async stop() {
      stopping.abort();
      cancelWait();
      await Promise.allSettled(running.values());
    },
  };
}
