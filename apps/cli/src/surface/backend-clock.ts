import type { Connection } from '@dispatch/client';
import type { Clock } from '../clock.ts';

/** The backend's time, as its last frame with a time told it and the clock here went on since. */
export interface BackendClock {
  /** Epoch milliseconds. */
  now(): number;
}

/** Of an open connection, kept true by every `hello`, `ping` and `pong`. */
export function backendClock(connection: Connection, clock: Clock): BackendClock {
  const set = (time: unknown): void => {
    if (typeof time === 'number') ahead = time - clock.wall();
  };
  let ahead = 0;
  set(connection.hello?.serverTime);
  connection.onFrame((frame) => {
    if (frame.type === 'hello') set(frame.serverTime);
    if (frame.type === 'ping' || frame.type === 'pong') set(frame.t);
  });
  return { now: () => clock.wall() + ahead };
}
