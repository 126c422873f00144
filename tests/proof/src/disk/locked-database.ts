import { type DispatchProcesses, startDispatch } from '@dispatch/tests-processes';
import type { Attack } from '../harness.ts';
import { createTalker } from '../kill/talker.ts';
import { checkIntegrity } from './check-integrity.ts';
import { checkTalkers } from './check-talkers.ts';
import { createForeignProcess } from './foreign-process.ts';
import { probe, unlessRefused } from './probes.ts';

const ASKED = 'asked';
/** Behind the two seconds a gateway goes on asking for, and the machine's own hesitation. */
const ANSWERED_WITHIN_MS = 4_000;
/** Most a kernel may stand still, and what two busy cores add to that for one request in ten. */
const STALL_MS = 150;
const MACHINE_MS = 150;

/** Another process holds the database for writing, again and again, while people talk. */
export async function lockTheDatabase(attack: Attack): Promise<void> {
  const { long, random, count, floor, violation, note } = attack;
  const holds = long ? 40 : 4;
  floor('foreign locks', holds);
  floor('reads under a foreign lock', holds * 10);
  let dispatch: DispatchProcesses | undefined;
  let lock: ReturnType<typeof createForeignProcess> | undefined;
  try {
    dispatch = await startDispatch();
    const { httpUrl, wsUrl, dataDir } = dispatch;
    lock = createForeignProcess(dataDir);
    const talkers = [40, 80].map((words) =>
      createTalker(wsUrl, (index) => `Go on, part ${index}. words: ${words}`, 'demo/writer'),
    );
    let over = false;
    const talking = Promise.all(talkers.map((talker) => talker.talk(() => over)));
    const readMs: number[] = [];
    for (let round = 0; round < holds; round += 1) {
      await new Promise((resolve) => setTimeout(resolve, random.integer(100, 700)));
      // Every fourth is longer than anybody waits for an answer.
      const heldMs = round % 4 === 3 ? 3_500 : 1_000;
      const { free } = await lock.hold('write', heldMs);
      count('foreign locks');
      let isFree = false;
      const freed = free.then(() => {
        isFree = true;
      });
      const writing = write(httpUrl, heldMs, attack);
      while (!isFree) readMs.push(await read(httpUrl, attack));
      await Promise.all([freed, writing]);
    }
    over = true;
    await talking;
    const sorted = readMs.toSorted((one, other) => one - other);
    const slow = sorted[Math.floor(sorted.length * 0.9)] ?? 0;
    note(
      `reads under a foreign lock: 90 % within ${Math.round(slow)} ms, all within ${Math.round(sorted.at(-1) ?? 0)} ms`,
    );
    if (slow > STALL_MS + MACHINE_MS)
      violation(`D7: a foreign lock holds up reads: one in ten takes ${slow} ms`);
    await checkTalkers(httpUrl, talkers, attack);
    for (const { observed } of talkers) {
      const failed = [...observed.seen.values()].flat().find(({ type }) => type === 'error');
      if (failed) violation(`T1: a foreign lock failed a turn: ${JSON.stringify(failed)}`);
    }
    await dispatch.kernel.kill();
    checkIntegrity(dataDir, attack);
  } finally {
    await lock?.end();
    await dispatch?.stop();
  }
}

/** Reads go on; how long one took. */
async function read(httpUrl: string, { count, violation }: Attack): Promise<number> {
  const began = performance.now();
  const { status, what } = await probe(httpUrl, 'GET', `/conversations/${ASKED}/status`);
  if (status === 200) count('reads under a foreign lock');
  else violation(`D7: ${what} is answered ${status} under a foreign lock`);
  await new Promise((resolve) => setTimeout(resolve, 10));
  return performance.now() - began;
}

/** A write is taken once the lock is free, or refused as something to be tried again; nobody is told of SQLite. */
async function write(httpUrl: string, heldMs: number, { count, violation }: Attack): Promise<void> {
  const title = crypto.randomUUID();
  const began = performance.now();
  const answer = await probe(httpUrl, 'PUT', `/conversations/${ASKED}/title`, { title });
  const tookMs = performance.now() - began;
  if (tookMs > ANSWERED_WITHIN_MS)
    violation(`D7: a write under a foreign lock was answered after ${tookMs} ms`);
  const stored = await probe(httpUrl, 'GET', `/conversations/${ASKED}/title`);
  const isStored = JSON.stringify(stored.body).includes(title);
  if (answer.status === 200) count('writes taken behind a foreign lock');
  else {
    const fault = unlessRefused(answer, 503, 'kernel-unavailable');
    if (fault === undefined) count('writes refused for a foreign lock');
    else violation(`D7: ${fault} (held for ${heldMs} ms)`);
  }
  if (isStored !== (answer.status === 200))
    violation(`D7: a write answered ${answer.status} is${isStored ? '' : ' not'} stored`);
}
