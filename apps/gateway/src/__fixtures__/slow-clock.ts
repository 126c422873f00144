import { type Clock, systemClock } from '../clock.ts';

/** Real time, but so many times as slow: small against it is what a busy machine is late. */
export function slowClock(times: number): Clock {
  return {
    wall: systemClock.wall,
    mono: () => systemClock.mono() / times,
    after: (ms, callback) => systemClock.after(ms * times, callback),
  };
}
