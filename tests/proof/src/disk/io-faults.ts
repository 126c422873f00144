import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SOURCE = fileURLToPath(new URL('../../native/io-faults.c', import.meta.url));
const CALLS = { write: 1, sync: 2, read: 4, truncate: 8 } as const;
const FILES = { database: 1, log: 2, index: 4, other: 8 } as const;
/** Words of the control page: what is to fail, then what did. */
const WORDS = 10;
const FIRED = 8;
const LOST_COMMITS = 9;

export type Call = keyof typeof CALLS;
export type FaultyFile = keyof typeof FILES;

/** Which calls on the files of a data directory fail. */
export interface Fault {
  readonly calls: readonly Call[];
  readonly files: readonly FaultyFile[];
  /** The first that fails, counted from 1 behind the arming. */
  readonly nth: number;
  /** How many fail from there on. 0: all of them until it is disarmed. */
  readonly times: number;
  readonly error: 'EIO' | 'ENOSPC';
  /** A write that fails has written its first half. */
  readonly torn: boolean;
}

/** A disk of one data directory that fails on demand. */
export interface IoFaults {
  /** For the kernel's environment, and nobody else's. */
  readonly env: Readonly<Record<string, string>>;
  arm(fault: Fault): void;
  disarm(): void;
  /** Calls that failed since the arming. */
  readonly fired: number;
  /** Those of them that flushed the write-ahead log, and lost what was not flushed yet. */
  readonly lostCommits: number;
  remove(): void;
}

/** Compiles the library that makes calls fail. Throws one sentence when that cannot be done here. */
export function createIoFaults(dataDir: string): IoFaults {
  const folder = mkdtempSync(join(tmpdir(), 'dispatch-io-faults-'));
  const library = join(folder, 'io-faults.so');
  const built = spawnSync('gcc', ['-Wall', '-O1', '-shared', '-fPIC', '-o', library, SOURCE], {
    encoding: 'utf8',
  });
  if (built.error !== undefined || built.status !== 0) {
    rmSync(folder, { recursive: true });
    throw new Error(
      built.error !== undefined
        ? 'The harness disk needs a C compiler: install the Debian package gcc (and libc6-dev).'
        : `io-faults.c does not compile: ${built.stderr}`,
    );
  }
  const path = join(folder, 'control');
  const control = openSync(path, 'wx+', 0o600);
  writeSync(control, Buffer.alloc(4_096));
  const put = (words: readonly number[], from: number) =>
    writeSync(control, Buffer.from(Int32Array.from(words).buffer), 0, words.length * 4, from * 4);
  const get = (word: number) => {
    const bytes = Buffer.alloc(4);
    readSync(control, bytes, 0, 4, word * 4);
    return bytes.readInt32LE();
  };
  const sum = <Name extends string>(names: readonly Name[], values: Readonly<Record<Name, number>>) =>
    names.reduce((bits, name) => bits | values[name], 0);

  return {
    env: { LD_PRELOAD: library, IO_FAULTS_CONTROL: path, IO_FAULTS_DIRECTORY: dataDir },
    arm({ calls, files, nth, times, error, torn }) {
      put(
        Array.from({ length: WORDS }, () => 0),
        0,
      );
      const errno = constants.errno[error];
      put([sum(calls, CALLS), sum(files, FILES), nth, times, errno, torn ? 1 : 0], 1);
      put([1], 0);
    },
    disarm: () => void put([0], 0),
    get fired() {
      return get(FIRED);
    },
    get lostCommits() {
      return get(LOST_COMMITS);
    },
    remove() {
      closeSync(control);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
