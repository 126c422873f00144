import { startDispatch } from '@dispatch/tests-processes';
import { startCanary } from '../fuzz/canary.ts';
import { watchVitalSigns } from '../fuzz/vital-signs.ts';
import type { Harness } from '../harness.ts';
import { fuzzHandshakes, slowHandshakes } from './fuzz-handshakes.ts';
import { fuzzMessages } from './fuzz-messages.ts';
import { askWithoutReading, fuzzWebSockets } from './fuzz-websockets.ts';
import { frameBugs } from './planted-bugs.ts';

const MOST_MIB = 350;

/** Messages and bytes over WebSockets of a real gateway with a real kernel behind it. */
export const fuzzFrames: Harness = {
  name: 'fuzz-frames',
  proves: ['U4', 'L1', 'L4', 'S-21', 'S-25'],
  plantedBugs: frameBugs,
  async run(attack) {
    const { long, floor } = attack;
    const messages = long ? 1_000_000 : 10_000;
    const sockets = long ? 60_000 : 1_100;
    const handshakes = long ? 20_000 : 500;
    floor('messages', messages);
    floor('WebSockets broken', sockets);
    floor('WebSocket frames', sockets * 10);
    floor('broken handshakes', handshakes);
    floor('slow handshakes', 30);
    floor('answers not read', 20);
    floor('right messages', messages / 5);
    floor('turns of messages', messages / 200);
    floor('canary turns', 20);
    const dispatch = await startDispatch({ env: { DISPATCH_DEFAULT_MODEL: 'demo/fast' } });
    try {
      const canary = await startCanary(dispatch.wsUrl, attack);
      const gateway = watchVitalSigns('gateway', dispatch.gateway);
      const kernel = watchVitalSigns('kernel', dispatch.kernel);
      const { isAlive } = gateway;
      const ports = [dispatch.wsUrl, dispatch.httpUrl].map((url) => Number(new URL(url).port));
      const slow = slowHandshakes(ports, attack);
      // Told below, unless something else goes wrong first.
      slow.catch(() => undefined);
      await fuzzMessages(dispatch.wsUrl, isAlive, attack, messages);
      await fuzzWebSockets(ports, isAlive, attack, sockets);
      await fuzzHandshakes(ports, isAlive, attack, handshakes);
      if (isAlive()) await askWithoutReading(ports[0] ?? 0, attack);
      await slow;
      await canary.stop();
      await gateway.check(attack, MOST_MIB);
      await kernel.check(attack, MOST_MIB);
    } finally {
      await dispatch.stop();
    }
  },
};
