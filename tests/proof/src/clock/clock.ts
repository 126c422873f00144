import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { reply, say, startScriptedModelServer } from '@dispatch/testkit';
import { createDataDirectory, startDispatch } from '@dispatch/tests-processes';
import type { Harness } from '../harness.ts';
import { clockBugs } from './clock-bugs.ts';
import { dayPasses } from './day-passes.ts';
import { createFakedClock, type FakedClock } from './faked-clock.ts';
import { turnsWhileClocksJump } from './jumping-turns.ts';
import { namedJumps, unset } from './jumps.ts';
import { listOrder } from './list-order.ts';
import { startAtOddTimes } from './odd-times.ts';
import { createSentKeys, type SentKeys } from './sent-keys.ts';
import { openStandingSockets } from './standing-sockets.ts';
import { SUSPENDED_MS, suspendEach } from './suspend.ts';

const SHORT_JUMPS = 30;
const LONG_JUMPS = 600;
/** Shorter than a process is stopped, far longer than the scripted model pauses. */
const IDLE_MS = SUSPENDED_MS - 1_500;
const SLOW_MODEL = 'scripted/slow';

/** The wall clocks of kernel and gateway are set while they work, and processes stand still. */
export const clock: Harness = {
  name: 'clock',
  proves: ['D5', 'T1', 'T3', 'T14', 'Q1', 'Q5', 'R1', 'R5', 'L3'],
  plantedBugs: clockBugs,
  async run(attack) {
    const { long, floor } = attack;
    const jumps = long ? LONG_JUMPS : SHORT_JUMPS;
    floor('clock jumps', Math.floor(jumps / 2));
    floor('small jumps', Math.floor(jumps / 8));
    floor('turns over jumps', Math.floor(jumps / 2));
    floor('repeated keys', 2 * namedJumps().length);
    floor('forgotten keys', 1);
    floor('cursors', 2);
    floor('listed pages', 4);
    floor('suspended processes', 3);
    floor('starts at odd times', 3);
    floor('sockets that stayed open', 1);
    const directory = createDataDirectory();
    const server = await startScriptedModelServer();
    server.always('*', reply(say('one two three four five six seven eight', { words: true, everyMs: 300 })));
    writeFileSync(
      join(directory.path, 'dispatch.config.json'),
      JSON.stringify({
        credentials: [{ name: 'scripted', provider: 'openai-compatible', baseUrl: server.openaiUrl }],
        turnLimits: { durationMs: 30_000, firstByteMs: IDLE_MS, idleMs: IDLE_MS },
      }),
    );
    const kernel = createFakedClock(join(directory.path, 'kernel-clock'));
    const gateway = createFakedClock(join(directory.path, 'gateway-clock'));
    kernel.set(unset().offsetMs);
    const options = { dataDir: directory.path, kernelEnv: kernel.env, gatewayEnv: gateway.env };
    const dispatch = await startDispatch(options);
    try {
      const standing = await openStandingSockets(dispatch, attack);
      const keys = createSentKeys(dispatch, attack);
      await keys.sendNew();
      await turnsWhileClocksJump({ dispatch, kernel, gateway, jumps }, attack);
      await keysOverJumps(keys, [kernel, gateway]);
      await listOrder(dispatch, kernel, attack);
      await startAtOddTimes(dispatch, keys, kernel, attack);
      await suspendEach(dispatch, SLOW_MODEL, attack);
      standing.expectOpen();
      await dayPasses(dispatch, keys);
    } finally {
      await Promise.all([dispatch.stop(), server.close()]);
      directory.remove();
    }
  },
};

/** A key that was sent before a jump is sent again after it, and after the way back. */
async function keysOverJumps(keys: SentKeys, clocks: readonly FakedClock[]): Promise<void> {
  for (const { name, offsetMs } of namedJumps()) {
    for (const clock of clocks) clock.set(offsetMs);
    await keys.repeatAll(`at ${name}`);
    await keys.sendNew();
    for (const clock of clocks) clock.set(0);
    await keys.repeatAll(`after ${name} and back`);
  }
}
