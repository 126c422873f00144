import { socketPaths, writeLinkSecret } from '@dispatch/link';
import {
  appEntry,
  createDataDirectory,
  eventually,
  freePort,
  openSocket,
  startProcess,
} from '@dispatch/tests-processes';
import { startCanary } from '../fuzz/canary.ts';
import { inLanes } from '../fuzz/in-lanes.ts';
import { faultOfErrorBody } from '../fuzz/refusals.ts';
import { watchVitalSigns } from '../fuzz/vital-signs.ts';
import type { Attack } from '../harness.ts';
import { SHOWN, startMadKernel, WATCHED } from './mad-kernel.ts';

const MOST_MIB = 350;
const CLIENTS = 4;

/**
 * The other end of the link: a kernel gone mad answers a real gateway with bytes and frames that no kernel sends. The gateway
 * stays, tells its clients in the contract's words, and works as soon as a real kernel is there.
 */
export async function attackGatewayEnd(attack: Attack, links: number): Promise<void> {
  const data = createDataDirectory();
  const [httpPort, wsPort] = [await freePort(), await freePort()];
  const env = {
    DISPATCH_DATA_DIR: data.path,
    DISPATCH_HTTP_PORT: String(httpPort),
    DISPATCH_WS_PORT: String(wsPort),
    DISPATCH_LOG_LEVEL: 'fatal',
  };
  writeLinkSecret(data.path, 'secret');
  const mad = await startMadKernel(socketPaths(data.path), attack.random);
  const gateway = startProcess(appEntry('gateway'), [], env);
  let kernel: ReturnType<typeof startProcess> | undefined;
  try {
    await gateway.ready;
    const signs = watchVitalSigns('gateway of a mad kernel', gateway);
    const [httpUrl, wsUrl] = [`http://127.0.0.1:${httpPort}`, `ws://127.0.0.1:${wsPort}`];
    const deadline = performance.now() + links * 200;
    const isOver = (): boolean => !signs.isAlive() || mad.links() >= links || performance.now() > deadline;
    await inLanes(CLIENTS, Number.POSITIVE_INFINITY, isOver, () => client(wsUrl, httpUrl, attack));
    attack.count('links to a mad kernel', mad.links());
    await mad.close();
    if (signs.isAlive()) {
      kernel = startProcess(appEntry('kernel'), [], { ...env, DISPATCH_DEFAULT_MODEL: 'demo/fast' });
      await kernel.ready;
      await eventually('readiness', async () => (await fetch(`${httpUrl}/readyz`)).status === 200, 15_000);
      const canary = await startCanary(wsUrl, attack);
      await canary.stop();
    }
    await signs.check(attack, MOST_MIB);
  } finally {
    await Promise.all([mad.close(), gateway.kill(), kernel?.kill()]);
    data.remove();
  }
}

/** Watches and asks while the kernel is mad; whatever the gateway says is said in the contract's words. */
async function client(wsUrl: string, httpUrl: string, { count, violation }: Attack): Promise<void> {
  const asking = fetch(`${httpUrl}/conversations/c`).then(async (answer) => {
    const text = await answer.text();
    count('requests to a mad kernel');
    if (answer.status < 400) return;
    const fault = faultOfErrorBody(answer.status, text, answer.headers.get('x-request-id') ?? undefined);
    if (fault !== undefined && !fault.startsWith('an internal failure')) violation(`S-25: ${fault}: ${text}`);
  });
  const socket = await openSocket(wsUrl).catch(() => undefined);
  socket?.send({ type: 'chat.subscribe', conversationId: WATCHED });
  for (const type of ['subscribe', 'subscribe', 'unsubscribe', 'subscribe']) {
    socket?.send({ type, id: type, surfaceId: SHOWN, conversationId: WATCHED });
  }
  socket?.send({ type: 'invoke', surfaceId: SHOWN, actionId: 'a', conversationId: WATCHED });
  socket?.send({ type: 'chat.send', conversationId: WATCHED, message: 'hi' });
  await asking.catch((error: unknown) => violation(`L4: the gateway of a mad kernel: ${String(error)}`));
  await new Promise((resolve) => setTimeout(resolve, 30));
  socket?.close();
}
