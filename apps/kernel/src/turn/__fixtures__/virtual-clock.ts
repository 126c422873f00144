import type { Clock } from '../../ports.ts';

/** Time that only a test moves. Whatever is ready without time passing runs between two timers. */
export interface VirtualClock extends Clock {
  /** Lets `ms` pass, timer by timer. */
  advance(ms: number): Promise<void>;
  /** `ms` pass while the whole process stands still: timers that come due meanwhile fire late, with the next {@link advance}. */
  standStill(ms: number): void;
  /** How many timers are armed. */
  readonly armed: number;
}

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/** `auto`: time jumps to the next timer whenever nothing else is left to do. */
export function createVirtualClock({ auto = false } = {}): VirtualClock {
  let now = 0;
  let pumping = false;
  const timers = new Set<Timer>();

  const earliest = () =>
    [...timers].reduce<Timer | undefined>((a, b) => (a && a.at <= b.at ? a : b), undefined);

  function fire(timer: Timer): void {
    timers.delete(timer);
    now = Math.max(now, timer.at);
    timer.callback();
  }

  function pump(): void {
    if (!auto || pumping) return;
    pumping = true;
    setImmediate(() => {
      pumping = false;
      const next = earliest();
      if (next !== undefined) fire(next);
      if (timers.size > 0) pump();
    });
  }

  const clock: VirtualClock = {
    wall: () => 1_700_000_000_000 + now,
    mono: () => now,
    after(ms, callback) {
      const timer = { at: now + ms, callback };
      timers.add(timer);
      pump();
      return () => timers.delete(timer);
    },
    sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const cancel = clock.after(ms, () => {
          signal?.removeEventListener('abort', abort);
          resolve();
        });
        const abort = () => {
          cancel();
          reject(signal?.reason);
        };
        signal?.addEventListener('abort', abort, { once: true });
      });
    },
    async advance(ms) {
      const target = now + ms;
      await settle();
      for (let next = earliest(); next !== undefined && next.at <= target; next = earliest()) {
        fire(next);
        await settle();
      }
      now = Math.max(now, target);
      await settle();
    },
    standStill(ms) {
      now += ms;
    },
    get armed() {
      return timers.size;
    },
  };
  return clock;
}

/** Lets everything run that waits for no timer. */
export async function settle(): Promise<void> {
  for (let round = 0; round < 5; round += 1) await new Promise((resolve) => setImmediate(resolve));
}
