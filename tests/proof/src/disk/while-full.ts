import { isDeepStrictEqual } from 'node:util';
import { type DispatchProcesses, eventually } from '@dispatch/tests-processes';
import type { Attack } from '../harness.ts';
import {
  type Probe,
  probe,
  readConversation,
  readRest,
  sendFrame,
  unlessRefused,
  writeAll,
} from './probes.ts';
import { isReserved, told } from './reserve.ts';

/** A conversation nobody talks in, to see that nothing changes. */
export const QUIET = 'quiet';

/** What one time of a full disk is compared with. */
export interface Full {
  readonly dispatch: DispatchProcesses;
  readonly attack: Attack;
  /** For people: what else happens meanwhile. */
  readonly twist: string;
  /** In everything that is refused. */
  readonly text: string;
  /** How the quiet conversation read before. */
  readonly before: readonly Probe[];
}

/** What a client must find while the disk is full: no write is taken, every read is answered as before. */
export async function checkWhileFull({ dispatch, attack, twist, text, before }: Full): Promise<void> {
  const { httpUrl, wsUrl, dataDir } = dispatch;
  const { count, violation } = attack;
  const refused = [...(await writeAll(httpUrl, QUIET, text)), await sendFrame(wsUrl, QUIET, text)];
  for (const fault of refused.map((one) => unlessRefused(one, 507, 'storage-full'))) {
    if (fault === undefined) count('writes refused with 507');
    else violation(`D8: ${fault} (${twist})`);
  }
  const ready = await probe(httpUrl, 'GET', '/readyz');
  if (ready.status !== 503) violation(`D8: /readyz is answered ${ready.status} on a full disk (${twist})`);
  const during = await readConversation(httpUrl, QUIET);
  if (!isDeepStrictEqual(during, before)) violation(`D7: reads differ on a full disk (${twist})`);
  for (const { what, status } of [...during, ...(await readRest(httpUrl))]) {
    if (status === 200) count('reads on a full disk');
    else violation(`D7: ${what} is answered ${status} on a full disk (${twist})`);
  }
  if (isReserved(dataDir)) violation(`D8: the reserve was not freed (${twist})`);
}

/** What a client must find once there is room: the first write is taken, and nothing that was refused shows. */
export async function checkWithRoom({ dispatch, attack, twist, text, before }: Full): Promise<void> {
  const { httpUrl, dataDir } = dispatch;
  const { violation } = attack;
  const { ends } = told(dispatch.kernel);
  const first = await probe(httpUrl, 'PUT', `/conversations/${QUIET}/title`, { title: QUIET });
  if (first.status !== 200) violation(`D7: the first write with room is answered ${first.status} (${twist})`);
  if (!isReserved(dataDir)) violation(`D8: a write is taken without the reserve (${twist})`);
  // The log takes its own way.
  await eventually('the line that it is over', () => told(dispatch.kernel).ends > ends, 5_000).catch(() => 0);
  const times = told(dispatch.kernel).ends - ends;
  if (times !== 1) violation(`D8: the log says ${times} times that it is over (${twist})`);
  const after = await readConversation(httpUrl, QUIET);
  if (!isDeepStrictEqual(after, before)) violation(`D7: something refused can be seen (${twist})`);
  const found = await probe(httpUrl, 'GET', `/conversations?q=${text}`);
  if (JSON.stringify(found.body).includes(text)) violation(`D7: a refused message can be seen (${twist})`);
}
