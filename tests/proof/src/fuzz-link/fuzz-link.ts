import { socketPaths } from '@dispatch/link';
import { startDispatch } from '@dispatch/tests-processes';
import { startCanary } from '../fuzz/canary.ts';
import { watchVitalSigns } from '../fuzz/vital-signs.ts';
import type { Harness } from '../harness.ts';
import { attackEventsSocket, silentCrowd } from './attack-events-socket.ts';
import { attackGatewayEnd } from './attack-gateway-end.ts';
import { attackRpcSocket } from './attack-rpc-socket.ts';
import { eventsTarget } from './events-link.ts';
import { fuzzCodec } from './fuzz-codec.ts';
import { linkBugs } from './planted-bugs.ts';

const KERNEL_MOST_MIB = 350;

/** Bytes against the link: its codec in this process, then both sockets of a real kernel that serves a real gateway. */
export const fuzzLink: Harness = {
  name: 'fuzz-link',
  proves: ['E9', 'L1', 'L4', 'S-17'],
  plantedBugs: linkBugs,
  async run(attack) {
    const { long, floor } = attack;
    const inputs = long ? 20_000_000 : 250_000;
    const links = long ? 20_000 : 900;
    const requests = long ? 40_000 : 1_000;
    const madLinks = long ? 4_000 : 100;
    floor('codec inputs', inputs);
    floor('codec errors', inputs / 4);
    for (const kind of ['links of strangers', 'links with garbage', 'links with broken frames'] as const) {
      floor(kind, links / 5);
    }
    floor('odd watches', links);
    floor('odd watches of surfaces', links / 4);
    floor('silent links', 100);
    floor('links with half a frame', 16);
    floor('watches in a flood', 1_000);
    for (const kind of [
      'requests that are none',
      'requests of strangers',
      'requests with odd principals',
    ] as const) {
      floor(kind, requests / 5);
    }
    floor('odd turns started', requests / 50);
    floor('odd turns refused', requests / 10);
    floor('links to a mad kernel', madLinks);
    floor('requests to a mad kernel', madLinks / 25);
    floor('canary turns', 20);

    await fuzzCodec(attack, inputs);
    await attackGatewayEnd(attack, madLinks);
    const dispatch = await startDispatch({ env: { DISPATCH_DEFAULT_MODEL: 'demo/fast' } });
    try {
      const canary = await startCanary(dispatch.wsUrl, attack);
      const kernel = watchVitalSigns('kernel', dispatch.kernel);
      const gateway = watchVitalSigns('gateway', dispatch.gateway);
      const { isAlive } = kernel;
      const events = eventsTarget(dispatch, isAlive);
      const rpc = { path: socketPaths(dispatch.dataDir).rpc, secret: events.secret, isAlive };
      await attackEventsSocket(events, attack, links);
      await Promise.all([attackRpcSocket(rpc, attack, requests), silentCrowd(events, attack)]);
      await canary.stop();
      await kernel.check(attack, KERNEL_MOST_MIB);
      await gateway.check(attack, KERNEL_MOST_MIB);
    } finally {
      await dispatch.stop();
    }
  },
};
