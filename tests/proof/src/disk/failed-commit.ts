import { statSync } from 'node:fs';
import { join } from 'node:path';
import { createDataDirectory, type DispatchProcesses, startDispatch } from '@dispatch/tests-processes';
import type { Attack } from '../harness.ts';
import { createForeignProcess } from './foreign-process.ts';
import { createIoFaults } from './io-faults.ts';
import { probe, unlessRefused } from './probes.ts';

const LOG_HEADER_BYTES = 32;
const FRAME_BYTES = 4_096 + 24;
/** Where the index of the log needs its next page of shared memory. */
const FRAMES_OF_A_PAGE = 4_062;
/** Frames one of the messages needs, about. */
const MESSAGE_BYTES = 600_000;
const MESSAGE_FRAMES = MESSAGE_BYTES / 4_096;
const SMALL_BYTES = 40_000;

/**
 * A commit can fail behind its last flush, when the index of the log finds no room: then all of it lies in the log. What was refused must stay refused,
 * also over a crash.
 */
export async function failBehindTheFlush(attack: Attack): Promise<void> {
  const { count, floor, violation } = attack;
  floor('commits failed behind their flush', 1);
  const data = createDataDirectory();
  const faults = createIoFaults(data.path);
  const send = (httpUrl: string, conversationId: string, bytes = MESSAGE_BYTES) => {
    const message = `${conversationId} words: 1 ${'x'.repeat(bytes)}`;
    return probe(httpUrl, 'POST', '/chat', { conversationId, message, model: 'demo/fast' });
  };
  let dispatch: DispatchProcesses | undefined;
  let reader: ReturnType<typeof createForeignProcess> | undefined;
  try {
    dispatch = await startDispatch({ dataDir: data.path, kernelEnv: faults.env });
    const { httpUrl } = dispatch;
    reader = createForeignProcess(data.path);
    // As long as somebody reads, the log only grows.
    const { free } = await reader.hold('read', 120_000);
    free.catch(() => undefined);
    const log = join(data.path, 'dispatch.db-wal');
    const frames = () => (statSync(log).size - LOG_HEADER_BYTES) / FRAME_BYTES;
    // In small steps at last, so that what fails is the message and not the end of its turn.
    const isNear = () => frames() > FRAMES_OF_A_PAGE - 4 * MESSAGE_FRAMES;
    while (frames() < FRAMES_OF_A_PAGE - MESSAGE_FRAMES + 20)
      await send(httpUrl, `fills-${crypto.randomUUID()}`, isNear() ? SMALL_BYTES : MESSAGE_BYTES);
    for (let refused = 0; refused === 0; ) {
      faults.arm({ files: ['index'], calls: ['write'], nth: 1, times: 0, error: 'ENOSPC', torn: false });
      const conversationId = `refused-${crypto.randomUUID()}`;
      const answer = await send(httpUrl, conversationId);
      if (faults.fired === 0 && answer.status === 200 && frames() < 3 * FRAMES_OF_A_PAGE) continue;
      refused += 1;
      const fault = unlessRefused(answer, 507, 'storage-full');
      if (fault === undefined) count('commits failed behind their flush');
      else if (faults.fired === 0) violation(`D7: the index of the log never grew: ${fault}`);
      // Both, or the index of the log would live on in the reader, and nobody would look at the log itself.
      await Promise.all([dispatch.kernel.kill(), reader.end()]);
      faults.disarm();
      await dispatch.startKernel();
      const { body } = await probe(httpUrl, 'GET', `/conversations/${conversationId}`);
      const isThere = JSON.stringify(body).includes(conversationId);
      if (fault === undefined && isThere) violation('D7: a crash brings back a message that was refused');
    }
  } finally {
    await reader?.end();
    await dispatch?.stop();
    faults.remove();
    data.remove();
  }
}
