import { randomBytes } from 'node:crypto';
import type { Clock, Ids } from '../../ports.ts';

/** A clock that stands still until it is set. */
export interface StoppedClock extends Clock {
  /** The time of day. */
  now: number;
  /** The monotonic time. */
  passed: number;
}

export function stoppedClock(now = 1_800_000_000_000): StoppedClock {
  return {
    now,
    passed: 0,
    wall() {
      return this.now;
    },
    mono() {
      return this.passed;
    },
    sleep: async () => {},
    after: () => () => {},
  };
}

export const randomIds: Ids = {
  mint: (kind) => `${kind}_${randomBytes(13).toString('hex').toUpperCase()}`,
  random: (bytes) => randomBytes(bytes).toString('hex'),
  fraction: () => 0.5,
};

/** The time of day, for processes that run beside a test. */
export const systemClock: Clock = { ...stoppedClock(), wall: () => Date.now() };
