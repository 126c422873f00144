import { request, startDispatch } from '@dispatch/tests-processes';
import type { Harness } from '../harness.ts';
import { violations } from './observations.ts';
import { createTalker } from './talker.ts';

const SHORT_KILLS = 24;
const LONG_KILLS = 500;
/** How long what runs at the last kill may take to its end. */
const PATIENCE_MS = 60_000;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** kill -9 of kernel and gateway at random instants, while people talk and write down what they see. */
export const killLoop: Harness = {
  name: 'kill-loop',
  proves: ['D1', 'D3', 'D5', 'T1', 'T3', 'Q1', 'R1', 'E11'],
  plantedBugs: [
    {
      mistake: 'no recovery at boot',
      file: 'apps/kernel/src/kernel.ts',
      find: '  await recoverTurns({ store, clock, log, resume: turns.resume, giveUp: recovery.signal });\n',
      replace: '  void recoverTurns;\n',
    },
  ],
  async run({ long, random, count, floor, violation }) {
    const kills = long ? LONG_KILLS : SHORT_KILLS;
    floor('kernel kills', kills / 2);
    floor('gateway kills', kills / 4);
    floor('acknowledged messages', kills / 2);
    floor('interrupted turns', kills / 8);
    const dispatch = await startDispatch();
    try {
      let over = false;
      const talkers = [
        createTalker(dispatch.wsUrl, (index) => `Please go on, part ${index}. words: 60`, 'demo/writer'),
        createTalker(dispatch.wsUrl, (index) => `And you, part ${index}? words: 60`, 'demo/writer'),
        createTalker(dispatch.wsUrl, (index) => `What time is it, part ${index}?`, 'demo/tools'),
        createTalker(dispatch.wsUrl, (index) => `Quickly, part ${index}. words: 30`, 'demo/fast'),
      ];
      const talking = Promise.all(talkers.map((talker) => talker.talk(() => over)));
      for (let kill = 0; kill < kills; kill += 1) {
        await pause(random.integer(150, 1_050));
        if (kill % 3 === 2) {
          await dispatch.gateway.kill();
          await dispatch.startGateway();
          count('gateway kills');
        } else {
          await dispatch.kernel.kill();
          await dispatch.startKernel();
          count('kernel kills');
        }
      }
      over = true;
      const ended = await Promise.race([talking.then(() => true), pause(PATIENCE_MS).then(() => false)]);
      if (!ended) violation(`T1: turns were not sealed within ${PATIENCE_MS / 1_000} s of the last kill`);
      for (const { conversationId, observed } of talkers) {
        const path = `/conversations/${conversationId}`;
        const log = await request(dispatch.httpUrl, 'GET', path);
        const metrics = await request(dispatch.httpUrl, 'GET', `${path}/metrics`);
        const status = await request(dispatch.httpUrl, 'GET', `${path}/status`);
        for (const line of violations(observed, log.body.chunks, metrics.body.turns)) violation(line);
        if (status.body.status !== 'idle') violation(`T3: ${conversationId} reads as ${status.body.status}`);
        count('acknowledged messages', observed.acknowledged.size);
        for (const events of observed.seen.values()) {
          if (events.some((event) => event['reason'] === 'interrupted')) count('interrupted turns');
        }
      }
    } finally {
      await dispatch.stop();
    }
  },
};
