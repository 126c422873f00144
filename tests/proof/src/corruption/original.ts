import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from '@dispatch/tests-processes';
import { type Lane, openLane } from './lane.ts';
import { type Probe, probeAll } from './probe.ts';
import { type FirstTurns, type Reading, readEverything } from './reading.ts';
import { runKernel, say } from './run-kernel.ts';

/** A data directory as processes left it, and what a client sees of it while nothing is damaged. */
export interface Original {
  readonly name: 'clean' | 'killed';
  readonly directory: string;
  readonly first: FirstTurns;
  /** Turns that ran when the kernel was killed, and their conversations. */
  readonly interrupted: ReadonlyMap<string, string>;
  readonly reading: Reading;
  /** What a message to each conversation makes the provider see. */
  readonly probes: Readonly<Record<string, Probe>>;
}

export interface Originals {
  readonly all: readonly Original[];
  remove(): void;
}

const CONVERSATIONS = 9;
const INTERRUPTED = 'conversation-2';

/** Lets real processes write two directories: one that was stopped in order, one whose kernel was killed while a turn ran. */
export async function makeOriginals(): Promise<Originals> {
  const root = mkdtempSync(join(tmpdir(), 'dispatch-originals-'));
  const lane = await openLane();
  try {
    const first: Record<string, string> = {};
    await runKernel(lane, 'SIGTERM', async (socket) => {
      for (let index = 0; index < CONVERSATIONS; index += 1) {
        const conversationId = `conversation-${index}`;
        for (let turn = 0; turn <= index % 4; turn += 1) {
          const message = `Message ${turn} of ${conversationId}${index % 5 === 4 ? ', please be long' : ''}.`;
          const model = index % 3 === 1 ? 'openai/tools' : 'openai/plain';
          const turnId = await say(socket, { conversationId, message, model });
          first[conversationId] ??= turnId;
        }
        if (index % 2 === 0) {
          await request(lane.httpUrl, 'PUT', `/conversations/${conversationId}/title`, {
            title: `Title ${index}`,
          });
        }
      }
    });
    const clean = keep(lane, join(root, 'clean'));

    const interrupted = new Map<string, string>();
    await runKernel(lane, 'SIGKILL', async (socket) => {
      for (const conversationId of ['conversation-0', 'conversation-3']) {
        await say(socket, {
          conversationId,
          message: `Once more, ${conversationId}.`,
          model: 'openai/plain',
        });
      }
      const slowly = { conversationId: INTERRUPTED, message: 'And slowly.', model: 'openai/slow' };
      interrupted.set(await say(socket, slowly, 12), INTERRUPTED);
    });
    const killed = keep(lane, join(root, 'killed'));
    return {
      all: [
        await described(lane, { name: 'clean', directory: clean, first, interrupted: new Map() }),
        await described(lane, { name: 'killed', directory: killed, first, interrupted }),
      ],
      remove: () => rmSync(root, { recursive: true, force: true }),
    };
  } catch (error) {
    rmSync(root, { recursive: true, force: true });
    throw error;
  } finally {
    await lane.stop();
  }
}

/** A copy of what a lane's kernel left, without its sockets. */
export function keep(lane: Lane, directory: string): string {
  cpSync(lane.dataDir, directory, { recursive: true, filter: (path) => !/\.sock$/.test(path) });
  return directory;
}

async function described(lane: Lane, original: Omit<Original, 'reading' | 'probes'>): Promise<Original> {
  lane.place(original.directory);
  let read: { reading: Reading; probes: Readonly<Record<string, Probe>> } | undefined;
  await runKernel(lane, 'SIGKILL', async () => {
    const { reading, socket } = await readEverything(lane, original.first);
    read = { reading, probes: await probeAll(lane, socket, Object.keys(original.first)) };
    socket.close();
  });
  if (read === undefined) throw new Error('nothing was read');
  const refused = Object.entries(read.probes).filter(([, { outcome }]) => outcome !== 'stop');
  if (refused.length > 0) throw new Error(`the undamaged store refused: ${JSON.stringify(refused)}`);
  return { ...original, ...read };
}
