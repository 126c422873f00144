import { startDispatch } from '@dispatch/tests-processes';
import { startCanary } from '../fuzz/canary.ts';
import { watchVitalSigns } from '../fuzz/vital-signs.ts';
import type { Harness } from '../harness.ts';
import { fuzzRaw, slowBodies } from './fuzz-raw.ts';
import { fuzzRoutes } from './fuzz-routes.ts';
import { httpBugs } from './planted-bugs.ts';
import { createWritten } from './written.ts';

const MOST_MIB = 450;

/** Requests and bytes to the HTTP port of a real gateway with a real kernel behind it. */
export const fuzzHttp: Harness = {
  name: 'fuzz-http',
  proves: ['L1', 'L4', 'S-15', 'S-24', 'S-25', 'D1'],
  plantedBugs: httpBugs,
  async run(attack) {
    const { long, floor } = attack;
    const requests = long ? 200_000 : 5_000;
    const cases = long ? 30_000 : 900;
    floor('requests', requests);
    floor('raw requests', cases);
    floor('slow bodies', 20);
    floor('requests accepted', requests / 10);
    floor('requests refused', requests / 3);
    floor('settings read back', requests / 100);
    floor('messages read back', requests / 100);
    floor('canary turns', 20);
    const dispatch = await startDispatch({ env: { DISPATCH_DEFAULT_MODEL: 'demo/fast' } });
    try {
      const canary = await startCanary(dispatch.wsUrl, attack);
      const gateway = watchVitalSigns('gateway', dispatch.gateway);
      const kernel = watchVitalSigns('kernel', dispatch.kernel);
      const written = createWritten();
      const port = Number(new URL(dispatch.httpUrl).port);
      const { isAlive } = gateway;
      let isOver = false;
      const slow = slowBodies(port, () => isOver, attack);
      await fuzzRoutes(port, isAlive, written, attack, requests);
      await fuzzRaw(port, isAlive, attack, cases);
      isOver = true;
      await slow;
      await canary.stop();
      if (isAlive()) await written.check(dispatch.httpUrl, [canary.conversationId], attack);
      await gateway.check(attack, MOST_MIB);
      await kernel.check(attack, MOST_MIB);
    } finally {
      await dispatch.stop();
    }
  },
};
