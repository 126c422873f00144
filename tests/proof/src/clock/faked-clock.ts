import { existsSync, renameSync, writeFileSync } from 'node:fs';

const LIBRARY = `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/faketime/libfaketime.so.1`;

/** The wall clock of one process, to be set while it runs; its monotonic clock stays true. */
export interface FakedClock {
  /** Environment of the process whose clock this is. */
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds the process's wall clock is off the true one. */
  readonly offsetMs: number;
  set(offsetMs: number): void;
}

/** `file`: where the library reads the clock from, at every look at it. */
export function createFakedClock(file: string): FakedClock {
  requireLibrary();
  let offset = 0;
  const clock: FakedClock = {
    env: {
      LD_PRELOAD: LIBRARY,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    },
    get offsetMs() {
      return offset;
    },
    set(offsetMs) {
      offset = offsetMs;
      // Put in place whole: half a number is another time.
      writeFileSync(`${file}.new`, `${offsetMs < 0 ? '-' : '+'}${(Math.abs(offsetMs) / 1_000).toFixed(3)}\n`);
      renameSync(`${file}.new`, file);
    },
  };
  clock.set(0);
  return clock;
}

/** Environment of a process in which all time, timers included, goes `rate` times as fast, its wall clock `offsetMs` off at the start. */
export function fastTime(rate: number, offsetMs = 0): Readonly<Record<string, string>> {
  requireLibrary();
  return {
    LD_PRELOAD: LIBRARY,
    FAKETIME: `${offsetMs < 0 ? '-' : '+'}${(Math.abs(offsetMs) / 1_000).toFixed(3)} x${rate}`,
    // Those of the ordinary start would win.
    FAKETIME_TIMESTAMP_FILE: '',
    FAKETIME_DONT_FAKE_MONOTONIC: '0',
  };
}

function requireLibrary(): void {
  if (existsSync(LIBRARY)) return;
  throw new Error(`${LIBRARY} is missing; install the Debian package libfaketime.`);
}
