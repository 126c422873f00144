import {
  createDataDirectory,
  type DispatchProcesses,
  eventually,
  startDispatch,
} from '@dispatch/tests-processes';
import type { Attack } from '../harness.ts';
import { createTalker } from '../kill/talker.ts';
import { checkIntegrity } from './check-integrity.ts';
import { checkTalkers } from './check-talkers.ts';
import { nameOf, servingFaults, startingFaults } from './faults.ts';
import { createHeavySender } from './heavy-sender.ts';
import { createIoFaults, type Fault, type IoFaults } from './io-faults.ts';
import { type Probe, probe, readConversation } from './probes.ts';

/** How long a fault may take to be met. */
const REACH_MS = 6_000;
/** How long a kernel whose flush failed may live on. */
const DEATH_MS = 3_000;
/** How long a fault that stays is left to do its work. */
const LASTING_MS = 700;
const FINAL_CODES: readonly (number | null)[] = [73, 78];
const FLUSH_LINE = 'the disk refused to flush';
const PROBED = 'probed';

interface Failing {
  readonly dispatch: DispatchProcesses;
  readonly faults: IoFaults;
  readonly attack: Attack;
}

/** A disk whose n-th call fails, under a kernel that serves and under one that starts. */
export async function failTheDisk(attack: Attack): Promise<void> {
  const { long, random, floor } = attack;
  const serving = servingFaults(long);
  const starting = startingFaults(long, random);
  floor('faults while serving', serving.length * 0.7);
  floor('faults while starting', starting.length * 0.5);
  floor('deaths of a failed flush', 3);
  const data = createDataDirectory();
  const faults = createIoFaults(data.path);
  let dispatch: DispatchProcesses | undefined;
  try {
    dispatch = await startDispatch({ dataDir: data.path, kernelEnv: faults.env });
    const { wsUrl, httpUrl } = dispatch;
    let over = false;
    const talkers = [
      createTalker(wsUrl, (index) => `Go on, part ${index}. words: 40`, 'demo/writer'),
      createTalker(wsUrl, (index) => `And now, part ${index}? words: 15`, 'demo/writer'),
    ];
    const heavy = createHeavySender(httpUrl);
    const isOver = () => over;
    const talking = Promise.all([heavy.send(isOver), ...talkers.map((talker) => talker.talk(isOver))]);
    const failing = { dispatch, faults, attack };
    for (const fault of serving) await failWhileServing(failing, fault);
    let unread = 0;
    for (const fault of starting) {
      if (await failWhileStarting(failing, fault)) unread += talkers.length;
    }
    over = true;
    await talking;
    await checkTalkers(httpUrl, talkers, attack, unread);
    await heavy.check(attack);
    await dispatch.kernel.kill();
    checkIntegrity(data.path, attack);
  } finally {
    await dispatch?.stop();
    faults.remove();
    data.remove();
  }
}

async function failWhileServing({ dispatch, faults, attack }: Failing, fault: Fault): Promise<void> {
  const { count, violation } = attack;
  const name = nameOf(fault);
  if (fault.calls.every((call) => call === 'read')) {
    // What was read once is not read from the disk again.
    await dispatch.kernel.kill();
    await dispatch.startKernel();
  }
  const { kernel, httpUrl } = dispatch;
  let ended: number | null | undefined;
  void kernel.exited.then(({ code, signal }) => {
    ended = signal === null ? code : -1;
  });
  faults.arm(fault);
  await eventually('the fault', () => faults.fired > 0, REACH_MS).catch(() =>
    attack.note(`not met: ${name}`),
  );
  if (faults.fired > 0) count('faults while serving');
  if (faults.lostCommits > 0) {
    await eventually('its death', () => ended !== undefined, DEATH_MS).catch(() => {
      violation(`D7: the kernel goes on behind a failed flush (${name})`);
    });
    count('deaths of a failed flush');
  } else if (fault.times === 0) {
    await new Promise((resolve) => setTimeout(resolve, LASTING_MS));
    if (!fault.calls.includes('read') && ended === undefined) await checkReads(httpUrl, name, attack);
  }
  const { lostCommits } = faults;
  faults.disarm();
  if (ended === undefined) {
    await checkWrites(httpUrl, name, attack);
    // What failed must stay failed, also when nobody writes over it any more.
    if (attack.random.chance(0.5)) await kernel.kill();
  } else {
    if (ended !== 1)
      violation(`D7: the kernel ended with ${ended} (${name}): ${kernel.output().slice(-500)}`);
    if (lostCommits === 0) violation(`D7: the kernel ended of what is no failed flush (${name})`);
    const said = kernel.output().split(FLUSH_LINE).length - 1;
    if (said !== 1) violation(`D7: the failed flush is told ${said} times (${name})`);
  }
  if (kernel.child.exitCode !== null || kernel.child.signalCode !== null) await dispatch.startKernel();
}

/** Resolves with whether somebody may have been answered from a disk that could not be read. */
async function failWhileStarting({ dispatch, faults, attack }: Failing, fault: Fault): Promise<boolean> {
  const { count, violation, random } = attack;
  const name = nameOf(fault);
  // Some meet it while the kernel before them ends in good order; if it stays, that would only wait in vain for its turns.
  const isKilled = fault.times === 0 || random.chance(0.7);
  if (!isKilled) faults.arm(fault);
  await dispatch.kernel.kill(isKilled ? 'SIGKILL' : 'SIGTERM');
  if (isKilled) faults.arm(fault);
  const isReady = await dispatch.startKernel().then(
    () => true,
    () => false,
  );
  if (faults.fired > 0) count('faults while starting');
  else attack.note(`not met: ${name}`);
  faults.disarm();
  if (!isReady) {
    count('starts that failed');
    const { code } = await dispatch.kernel.exited;
    // What cannot be read for good is as if it were damaged, and no start will ever help.
    const mayGiveUp = fault.times === 0 && fault.calls.includes('read');
    if (code === 0 || (FINAL_CODES.includes(code) && !mayGiveUp)) {
      const output = dispatch.kernel.output().slice(-500);
      violation(`D7: a start gave up for good, with ${code}, on ${name}: ${output}`);
    }
    await dispatch.startKernel();
  }
  await checkWrites(dispatch.httpUrl, name, attack);
  return fault.times === 0 && isReady;
}

/** Once nothing fails any more, writes are taken: at once, or when a disk that had failed again and again is tried the next time. */
async function checkWrites(httpUrl: string, name: string, { count, violation }: Attack): Promise<void> {
  let last: Probe | undefined;
  const isTaken = async () => {
    last = await probe(httpUrl, 'PUT', `/conversations/${PROBED}/title`, { title: name });
    if (last.status === 200) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
    return false;
  };
  if (await isTaken()) return count('writes taken at once behind a fault');
  await eventually('a write', isTaken).catch(() => {
    violation(`D7: writes are answered ${last?.status} behind the fault (${name})`);
  });
}

async function checkReads(httpUrl: string, name: string, { count, violation }: Attack): Promise<void> {
  for (const { what, status } of await readConversation(httpUrl, PROBED)) {
    if (status === 200) count('reads on a failing disk');
    else violation(`D7: ${what} is answered ${status} (${name})`);
  }
  const { status } = await probe(httpUrl, 'PUT', `/conversations/${PROBED}/title`, { title: 'refused' });
  if (status !== 507) violation(`D8: a write is answered ${status}, not 507 (${name})`);
  const title = await probe(httpUrl, 'GET', `/conversations/${PROBED}/title`);
  if (JSON.stringify(title.body).includes('refused')) violation(`D7: a refused title can be read (${name})`);
}
