import { request, startDispatch } from '@dispatch/tests-processes';
import type { Attack, Harness } from '../harness.ts';
import { createRandom } from '../random.ts';
import { Runner } from './runner.ts';

const SHORT_CROWD = 1_000;
const LONG_CROWD = 5_000;
const OPENED_AT_ONCE = 50;
/** Everybody is back by then (R8). */
const BACK_MS = 45_000;
/** How long a quiet crowd is watched for a second wave. */
const QUIET_MS = 5_000;
/** A person beside the crowd waits no longer for an answer. */
const BYSTANDER_MS = 2_000;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A whole crowd is cut off at once, comes back at once, and each of it has what it missed. */
export const stampede: Harness = {
  name: 'stampede',
  proves: ['R8', 'R1', 'WS7', 'L2'],
  plantedBugs: [
    {
      mistake: 'a socket that comes back begins at the newest, whatever it missed',
      file: 'apps/gateway/src/user/user-session.ts',
      find: '      if (verdict === true) at = cursor.seq;\n',
      replace: '',
    },
  ],
  async run(attack) {
    const { long, random, count, floor } = attack;
    const many = long ? LONG_CROWD : SHORT_CROWD;
    floor('came back', 2 * many);
    floor('events told', 3 * many);
    const dispatch = await startDispatch();
    const change = (title: string) =>
      request(dispatch.httpUrl, 'PUT', '/conversations/crowded/title', { title });
    const crowd = Array.from(
      { length: many },
      () => new Runner(dispatch.wsUrl, createRandom(random.integer(0, 2 ** 30))),
    );
    try {
      await change('Before');
      for (let from = 0; from < many; from += OPENED_AT_ONCE) {
        await Promise.all(crowd.slice(from, from + OPENED_AT_ONCE).map((runner) => runner.start()));
      }
      await everybodyUp(crowd, attack);
      const began = new Map(crowd.map((runner) => [runner, runner.last]));
      await change('Together');
      await dispatch.gateway.kill();
      await dispatch.startGateway();
      await change('Missed by the crowd');
      await back('a kill', crowd, dispatch.httpUrl, attack);
      const leaving = dispatch.gateway.kill('SIGTERM');
      await leaving;
      await dispatch.startGateway();
      await back('a deploy', crowd, dispatch.httpUrl, attack);
      await change('Together again');
      await pause(2_000);
      const missing = crowd.filter((runner) => {
        const from = began.get(runner) ?? 0;
        return runner.told.length !== 3 || runner.told.some((seq, index) => seq !== from + 1 + index);
      });
      if (missing.length > 0) {
        attack.violation(
          `R1: ${missing.length} were told ${JSON.stringify(missing[0]?.told)} of three events`,
        );
      }
      count(
        'events told',
        crowd.reduce((sum, { told }) => sum + told.length, 0),
      );
    } finally {
      for (const runner of crowd) runner.stop();
      await dispatch.stop();
    }
  },
};

async function everybodyUp(crowd: readonly Runner[], { violation }: Attack): Promise<void> {
  const deadline = performance.now() + BACK_MS;
  while (crowd.some(({ upSince }) => upSince === undefined)) {
    if (performance.now() > deadline) {
      const out = crowd.filter(({ upSince }) => upSince === undefined).length;
      return violation(`R8: ${out} of ${crowd.length} are not back within ${BACK_MS / 1_000} s`);
    }
    await pause(50);
  }
}

/** Waits for everybody, while somebody outside the crowd asks for something now and then. */
async function back(after: string, crowd: readonly Runner[], httpUrl: string, attack: Attack): Promise<void> {
  const { violation, note, count } = attack;
  const began = performance.now();
  let slowest = 0;
  let isBack = false;
  const bystander = async () => {
    while (!isBack) {
      const asked = performance.now();
      await request(httpUrl, 'GET', '/conversations').catch(() => undefined);
      slowest = Math.max(slowest, performance.now() - asked);
      await pause(50);
    }
  };
  const watching = bystander();
  await everybodyUp(crowd, attack);
  isBack = true;
  await watching;
  const lost = crowd.reduce((sum, runner) => sum + runner.lost, 0);
  const times = crowd.map(({ upSince }) => (upSince ?? began) - began).sort((a, b) => a - b);
  const perSecond = new Map<number, number>();
  for (const time of times)
    perSecond.set(Math.floor(time / 1_000), (perSecond.get(Math.floor(time / 1_000)) ?? 0) + 1);
  note(
    `after ${after}: half were back after ${((times[times.length >> 1] ?? 0) / 1_000).toFixed(1)} s, all after ${((times.at(-1) ?? 0) / 1_000).toFixed(1)} s, ` +
      `${Math.max(...perSecond.values())} in the busiest second, ${crowd.reduce((sum, { refused }) => sum + refused, 0)} refusals so far; ` +
      `a bystander waited ${Math.round(slowest)} ms at most`,
  );
  if (slowest > BYSTANDER_MS) violation(`E7: a bystander waited ${Math.round(slowest)} ms`);
  const notResumed = crowd.flatMap((runner) => runner.notResumed);
  if (notResumed.length > 0) violation(`R1: ${notResumed.length} were not resumed: ${notResumed[0]}`);
  await pause(QUIET_MS);
  const lostAgain = crowd.reduce((sum, runner) => sum + runner.lost, 0) - lost;
  if (lostAgain > 0) violation(`R8: ${lostAgain} were lost again in a second wave`);
  count('came back', crowd.length);
}
