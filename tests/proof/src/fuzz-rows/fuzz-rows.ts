import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FrameSocket } from '@dispatch/tests-processes';
import { type Lane, openLane } from '../corruption/lane.ts';
import { keep } from '../corruption/original.ts';
import { type Reading, readEverything, waitFor } from '../corruption/reading.ts';
import { runKernel, say } from '../corruption/run-kernel.ts';
import type { Harness } from '../harness.ts';
import { type FuzzedOriginal, tryMeta, tryRows } from './try-rows.ts';

const CONVERSATIONS = 24;
/** How many of them have a turn that runs when the kernel is killed. */
const RUNNING = 6;
const INTERVAL_SECONDS = 3_000;
const SHORT = { boots: 9, metaBoots: 4, mutations: 80 };
const LONG = { boots: 200, metaBoots: 60, mutations: 80 };

/** Puts weird values into every column of every table, many at a time, and starts real processes over them. */
export const fuzzRows: Harness = {
  name: 'fuzz-rows',
  proves: ['D9', 'T1', 'T3'],
  plantedBugs: [
    {
      mistake: 'one damaged row makes the whole list fail',
      file: 'apps/kernel/src/storage/list-conversations.ts',
      find: '          hasId,\n',
      replace: '',
    },
    {
      mistake: 'a damaged running turn stops the boot',
      file: 'apps/kernel/src/storage/read-steps.ts',
      find: '    if (error instanceof DamagedRowError) return undefined;\n',
      replace: '',
    },
  ],
  async run(attack) {
    const times = attack.long ? LONG : SHORT;
    attack.floor('mutations', attack.long ? 10_000 : 500);
    attack.floor('boots', times.boots);
    attack.floor('untouched conversations', times.boots * 4);
    attack.floor('warming read', times.boots * 20);
    const root = mkdtempSync(join(tmpdir(), 'dispatch-fuzzed-'));
    const lane = await openLane();
    try {
      const original = await makeOriginal(lane, join(root, 'original'));
      for (let boot = 0; boot < times.boots; boot += 1) {
        await tryRows(lane, original, { mutations: times.mutations, boot }, attack);
      }
      for (let boot = 0; boot < times.metaBoots; boot += 1) await tryMeta(lane, original, attack);
    } finally {
      await lane.stop();
      rmSync(root, { recursive: true, force: true });
    }
  },
};

/** Many short conversations, of which some were being answered when the kernel was killed. */
async function makeOriginal(lane: Lane, directory: string): Promise<FuzzedOriginal> {
  const first: Record<string, string> = {};
  const keys: Record<string, string> = {};
  const interrupted = new Set<string>();
  await runKernel(lane, 'SIGKILL', async (socket) => {
    const ids = Array.from({ length: CONVERSATIONS }, (_, index) => `fuzzed-${index}-`);
    await Promise.all(
      ids.map(async (conversationId, index) => {
        const model = index % 3 === 1 ? 'openai/tools' : 'openai/plain';
        const message = `Message of ${conversationId}.`;
        const idempotencyKey = `key-${conversationId}`;
        keys[conversationId] = idempotencyKey;
        first[conversationId] = await say(socket, { conversationId, message, model, idempotencyKey });
        if (index % 2 === 0) await say(socket, { conversationId, message: 'Go on.', model });
      }),
    );
    await Promise.all(ids.map((conversationId) => keepWarm(socket, conversationId)));
    await Promise.all(
      ids.slice(0, RUNNING).map(async (conversationId) => {
        interrupted.add(await say(socket, { conversationId, message: 'Slowly.', model: 'openai/slow' }, 8));
      }),
    );
  });
  keep(lane, directory);
  let reading: Reading | undefined;
  await runKernel(lane, 'SIGKILL', async () => {
    const read = await readEverything(lane, first);
    reading = read.reading;
    read.socket.close();
  });
  if (reading === undefined) throw new Error('nothing was read');
  return { directory, first, keys, interrupted, reading };
}

/** Warming on, at an interval that no run is long enough for. */
async function keepWarm(socket: FrameSocket, conversationId: string): Promise<void> {
  const actions = { 'cache-warming/set-interval': INTERVAL_SECONDS, 'cache-warming/toggle': true };
  for (const [actionId, payload] of Object.entries(actions)) {
    const id = `${conversationId} ${actionId}`;
    socket.send({ type: 'invoke', id, surfaceId: 'cache-warming', conversationId, actionId, payload });
    const answer = await waitFor(socket, (frame) => frame['id'] === id);
    if (answer?.type !== 'ack') throw new Error(`not accepted: ${JSON.stringify(answer)}`);
  }
}
