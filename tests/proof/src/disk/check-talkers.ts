import { request } from '@dispatch/tests-processes';
import type { Attack } from '../harness.ts';
import { violations } from '../kill/observations.ts';
import type { Talker } from '../kill/talker.ts';

/** What people saw, against what is stored, once all their turns are over. So many of their sends may have been answered as `internal`. */
export async function checkTalkers(
  httpUrl: string,
  talkers: readonly Talker[],
  { count, violation }: Attack,
  internal = 0,
): Promise<void> {
  let left = internal;
  for (const { conversationId, observed, refusals } of talkers) {
    const path = `/conversations/${conversationId}`;
    const log = await request(httpUrl, 'GET', path);
    const metrics = await request(httpUrl, 'GET', `${path}/metrics`);
    const status = await request(httpUrl, 'GET', `${path}/status`);
    for (const line of violations(observed, log.body.chunks, metrics.body.turns)) {
      if (!line.startsWith('T4: internal')) violation(line);
      else if (left > 0) left -= 1;
      else violation(line);
    }
    if (status.body.status !== 'idle') violation(`T3: ${conversationId} reads as ${status.body.status}`);
    count('acknowledged messages', observed.acknowledged.size);
    for (const events of observed.seen.values()) {
      const ended = events.find(({ type }) => type === 'error');
      if (ended?.['code'] === 'storage-full') count('turns ended for want of room');
    }
    for (const [code, times] of refusals) count(`refused as ${code}`, times);
  }
}
