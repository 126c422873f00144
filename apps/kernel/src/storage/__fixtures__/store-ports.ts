import { randomBytes } from 'node:crypto';
import type { Clock, Ids } from '../../ports.ts';

/** A clock that stands still until it is set. */
export interface StoppedClock extends Clock {
  now: number;
}

export function stoppedClock(now = 1_800_000_000_000): StoppedClock {
  return {
    now,
    wall() {
      return this.now;
    },
    mono: () => 0,
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
