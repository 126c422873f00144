import {
  appEntry,
  createDataDirectory,
  type DispatchProcesses,
  request,
  startDispatch,
  startProcess,
} from '@dispatch/tests-processes';
import type { Attack, Harness } from '../harness.ts';
import { violations } from './observations.ts';
import { createTalker } from './talker.ts';

/** Named places of the kernel, and how often it must come by until it dies there, in the short setting. */
const places: Readonly<Record<string, readonly number[]>> = {
  'before-commit': [1, 2, 3, 5],
  'after-commit': [1, 2, 3, 5],
  'before-publish': [1, 2, 4],
  'after-publish': [1, 2, 4],
  'before-answer': [1, 2],
  'before-provider-request': [1, 2],
  'after-provider-request': [1, 2],
  'before-tool': [1],
  'after-tool': [1],
};
const LONG_PASSES = [1, 2, 3, 4, 5, 6, 7, 8];
/** Places that a start or an end passes, once. */
const atStart = ['after-recover', 'before-listen'];
const atEnd = ['before-drain', 'before-checkpoint', 'after-checkpoint'];
/** Places that only the start on an empty directory passes. */
const atFirstStart = ['before-migrate', 'after-migrate', 'before-rename', 'after-rename'];
const PATIENCE_MS = 60_000;

/** The kernel kills itself at named places, as by kill -9, while somebody talks. */
export const crashPoints: Harness = {
  name: 'crash-points',
  proves: ['D1', 'D3', 'D5', 'D13', 'T1', 'T3', 'T8', 'Q1', 'R1'],
  plantedBugs: [
    {
      mistake: 'publish before the commit',
      file: 'apps/kernel/src/turn/turn-journal.ts',
      find: '    const outcome = await store.appendTurnEvents(taken.flatMap(drafts)).catch((error: unknown) => {\n',
      replace:
        '    for (const { lane, entries } of taken) entries.forEach(({ event }, i) => publish(lane, event, lane.next + i));\n' +
        '    const outcome = await store.appendTurnEvents(taken.flatMap(drafts)).catch((error: unknown) => {\n',
    },
    {
      mistake: 'make the database where it is looked for, not aside',
      file: 'apps/kernel/src/storage/sqlite/open-database.ts',
      find: '{path}.new`',
      replace: '{path}`',
    },
  ],
  async run(attack) {
    const cases = Object.entries(places).flatMap(([name, passes]) =>
      (attack.long ? LONG_PASSES : passes).map((pass) => `${name}#${pass}`),
    );
    attack.floor('deaths', cases.length + atStart.length + atEnd.length + atFirstStart.length);
    attack.floor('acknowledged messages', 2 * cases.length);
    for (const place of atFirstStart) await dieAtFirstStart(place, attack);
    const dispatch = await startDispatch();
    try {
      for (const place of cases) await dieWhileTalking(dispatch, place, attack);
      for (const place of [...atStart, ...atEnd]) await dieOnTheWay(dispatch, place, attack);
    } finally {
      await dispatch.stop();
    }
  },
};

async function dieWhileTalking(dispatch: DispatchProcesses, place: string, attack: Attack): Promise<void> {
  await dispatch.kernel.kill('SIGTERM');
  const dying = dispatch.startKernel({ DISPATCH_CRASH_AT: place }).catch(() => undefined);
  let back = false;
  const restarted = dispatch.kernel.exited.then(async ({ signal }) => {
    await dying;
    await dispatch.startKernel();
    back = true;
    if (signal === 'SIGKILL') attack.count('deaths');
    else attack.violation(`the kernel did not die at ${place}`);
  });
  const model = place.includes('tool') ? 'demo/tools' : 'demo/fast';
  const talker = createTalker(dispatch.wsUrl, (index) => `What time is it, ${index}?`, model);
  const deadline = performance.now() + PATIENCE_MS;
  await talker.talk(() => back || performance.now() > deadline);
  if (!back) return attack.violation(`the kernel never came to ${place}`);
  await restarted;
  await talker.talk(() => talker.observed.acknowledged.size >= 2);
  await check(dispatch, place, talker, attack);
}

async function dieOnTheWay(dispatch: DispatchProcesses, place: string, attack: Attack): Promise<void> {
  const talker = createTalker(dispatch.wsUrl, (index) => `Go on, ${index}. words: 40`, 'demo/writer');
  let over = false;
  const talking = talker.talk(() => over);
  while (talker.observed.seen.size === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  const ending = atEnd.includes(place);
  await dispatch.kernel.kill(ending ? 'SIGTERM' : 'SIGKILL');
  const dying = dispatch.startKernel({ DISPATCH_CRASH_AT: place }).catch(() => undefined);
  const { kernel } = dispatch;
  if (ending) {
    await dying;
    kernel.child.kill('SIGTERM');
  }
  const { signal } = await kernel.exited;
  if (signal === 'SIGKILL') attack.count('deaths');
  else attack.violation(`the kernel did not die at ${place}`);
  await dispatch.startKernel();
  over = true;
  await talking;
  await check(dispatch, place, talker, attack);
}

/** A kernel that dies while it makes its database leaves a directory on which the next one starts as if it were empty. */
async function dieAtFirstStart(place: string, attack: Attack): Promise<void> {
  const { path: dataDir, remove } = createDataDirectory();
  const env = { DISPATCH_DATA_DIR: dataDir, DISPATCH_CRASH_AT: place };
  const dying = startProcess(appEntry('kernel'), [], env);
  try {
    await dying.ready.catch(() => undefined);
    const { signal } = await dying.kill('SIGTERM');
    if (signal === 'SIGKILL') attack.count('deaths');
    else attack.violation(`the kernel did not die at ${place}`);
    const dispatch = await startDispatch({ dataDir });
    try {
      const talker = createTalker(dispatch.wsUrl, (index) => `Hello, ${index}. words: 5`, 'demo/fast');
      await talker.talk(() => talker.observed.acknowledged.size > 0);
      await check(dispatch, place, talker, attack);
    } finally {
      await dispatch.stop();
    }
  } catch (error) {
    attack.violation(`D13: no kernel starts after a death at ${place}: ${String(error)}`);
  } finally {
    remove();
  }
}

async function check(
  dispatch: DispatchProcesses,
  place: string,
  { conversationId, observed }: ReturnType<typeof createTalker>,
  { count, violation }: Attack,
): Promise<void> {
  const path = `/conversations/${conversationId}`;
  const log = await request(dispatch.httpUrl, 'GET', path);
  const metrics = await request(dispatch.httpUrl, 'GET', `${path}/metrics`);
  const status = await request(dispatch.httpUrl, 'GET', `${path}/status`);
  for (const line of violations(observed, log.body.chunks, metrics.body.turns))
    violation(`${line} (${place})`);
  if (status.body.status !== 'idle') violation(`T3: reads as ${status.body.status} (${place})`);
  for (const events of observed.seen.values()) {
    const calls = events.filter(({ type }) => type === 'tool-call').length;
    const results = events.filter(({ type }) => type === 'tool-result').length;
    if (calls !== results) violation(`T8: ${calls} tool calls, ${results} results (${place})`);
  }
  count('acknowledged messages', observed.acknowledged.size);
}
