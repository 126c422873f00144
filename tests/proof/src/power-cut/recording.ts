import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startDispatch } from '@dispatch/tests-processes';
import type { Observations } from '../kill/observations.ts';
import { createTalker } from '../kill/talker.ts';
import { type IoRecord, parseIoLog } from './io-log.ts';

/** The store's files after a life of the kernel, and how many records had been made by then. */
export interface Remains {
  readonly records: number;
  readonly files: ReadonlyMap<string, Buffer>;
}

/** All that three lives of a kernel wrote, from an empty directory on, and what people saw meanwhile. */
export interface Recording {
  readonly records: readonly IoRecord[];
  readonly people: readonly Observations[];
  /** At the end of each life; the kernel is gone. */
  readonly remains: readonly Remains[];
}

const source = fileURLToPath(new URL('../../native/power-cut.c', import.meta.url));
const TALKS_END_MS = 30_000;
const LONGEST_LIFE_MS = 15_000;
/** Fewer would leave too little to lose. */
const MESSAGES_OF_A_LIFE = 20;

/** Makes the library that is preloaded; throws when it cannot. */
export function compileRecorder(folder: string): string {
  const library = join(folder, 'power-cut.so');
  const options = ['-shared', '-fPIC', '-O2', '-Wall', '-Werror', '-o', library, source];
  const { error, status, stderr } = spawnSync('gcc', options, { encoding: 'utf8' });
  if (error !== undefined)
    throw new Error('power-cut needs a C compiler: install the Debian packages gcc and libc6-dev');
  if (status !== 0)
    throw new Error(`gcc does not take native/power-cut.c (Debian package libc6-dev missing?):\n${stderr}`);
  return library;
}

/** Lets people talk to a kernel that is killed, ended in order, and killed again, each after `lifeMs` or what a slow machine needs. */
export async function record(folder: string, library: string, lifeMs: number): Promise<Recording> {
  const dataDir = join(folder, 'data');
  // A log for each life: what a kill cuts short stands at its end.
  const log = (life: number) => join(folder, `life-${life}.log`);
  mkdirSync(dataDir, { mode: 0o700, recursive: true });
  const records: IoRecord[] = [];
  const remains: Remains[] = [];
  const dispatch = await startDispatch({
    dataDir,
    kernelEnv: { LD_PRELOAD: library, POWER_CUT_LOG: log(0), POWER_CUT_DIR: dataDir },
  });
  let over = false;
  try {
    const talkers = [
      createTalker(dispatch.wsUrl, (index) => `Please go on, part ${index}. words: 40`, 'demo/writer'),
      createTalker(dispatch.wsUrl, (index) => `And you, part ${index}? words: 20`, 'demo/writer'),
      createTalker(dispatch.wsUrl, (index) => `What time is it in Asia/Tokyo, part ${index}?`, 'demo/tools'),
      createTalker(dispatch.wsUrl, (index) => `Quickly, part ${index}. words: 30`, 'demo/fast'),
      createTalker(
        dispatch.wsUrl,
        (index) => `At length, part ${index}. words: ${1 + (index % 9) * 150}`,
        'demo/fast',
      ),
    ];
    const talking = Promise.all(talkers.map((talker) => talker.talk(() => over)));
    const signals = ['SIGKILL', 'SIGTERM', 'SIGKILL'] as const;
    for (const [life, signal] of signals.entries()) {
      const heard = () => talkers.reduce((sum, { observed }) => sum + observed.acknowledged.size, 0);
      const latest = performance.now() + LONGEST_LIFE_MS;
      await pause(lifeMs);
      while (heard() < (life + 1) * MESSAGES_OF_A_LIFE && performance.now() < latest) await pause(50);
      if (life === signals.length - 1) {
        over = true;
        const ended = await Promise.race([talking, pause(TALKS_END_MS)]);
        if (ended === undefined) throw new Error(`T1: a turn did not end within ${TALKS_END_MS / 1000} s`);
      }
      await dispatch.kernel.kill(signal);
      records.push(...parseIoLog(readFileSync(log(life))));
      remains.push({ records: records.length, files: storeFiles(dataDir) });
      if (life < signals.length - 1) await dispatch.startKernel({ POWER_CUT_LOG: log(life + 1) });
    }
    const people = talkers.map(({ observed }) => observed);
    return { records, people, remains };
  } finally {
    over = true;
    await dispatch.stop();
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function storeFiles(directory: string): Map<string, Buffer> {
  const names = readdirSync(directory).filter(
    (name) => name.startsWith('dispatch.db') && !name.endsWith('-shm'),
  );
  return new Map(names.map((name) => [name, readFileSync(join(directory, name))]));
}
