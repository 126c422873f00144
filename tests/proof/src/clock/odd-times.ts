import { type DispatchProcesses, request } from '@dispatch/tests-processes';
import type { Attack } from '../harness.ts';
import type { FakedClock } from './faked-clock.ts';
import { namedJumps } from './jumps.ts';
import type { SentKeys } from './sent-keys.ts';

/** The kernel dies in a turn and starts again at another time: it recovers, serves, and has forgotten nothing. */
export async function startAtOddTimes(
  dispatch: DispatchProcesses,
  keys: SentKeys,
  kernel: FakedClock,
  { count, violation }: Attack,
): Promise<void> {
  const jumps = namedJumps().filter(({ name }) => ['+3 days', '2100', 'unset'].includes(name));
  for (const { name, offsetMs } of [...jumps, { name: 'the true time', offsetMs: 0 }]) {
    const conversationId = `odd-${crypto.randomUUID()}`;
    await request(dispatch.httpUrl, 'PUT', `/conversations/${conversationId}/title`, { title: 'cut off' });
    const cut = fetch(`${dispatch.httpUrl}/chat`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ conversationId, message: 'words: 500', model: 'demo/writer' }),
    }).then(
      (answer) => answer.text(),
      () => '',
    );
    await new Promise((resolve) => setTimeout(resolve, 300));
    await dispatch.kernel.kill();
    kernel.set(offsetMs);
    await dispatch.startKernel();
    await cut.catch(() => undefined);
    const path = `/conversations/${conversationId}`;
    const status = await request(dispatch.httpUrl, 'GET', `${path}/status`);
    const metrics = await request(dispatch.httpUrl, 'GET', `${path}/metrics`);
    const { reason, startedAt, sealedAt } = metrics.body.turns[0] ?? {};
    if (status.body.status !== 'idle')
      violation(`T3: started at ${name}, a turn reads as ${status.body.status}`);
    if (reason !== 'interrupted') violation(`T3: started at ${name}, a turn was recovered as ${reason}`);
    if (sealedAt < startedAt) violation(`T1: started at ${name}, a turn was sealed before it started`);
    await keys.repeatAll(`after a start at ${name}`);
    count('starts at odd times');
  }
}
