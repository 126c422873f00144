import { type FrameSocket, openSocket } from '@dispatch/tests-processes';
import type { Lane } from './lane.ts';
import { waitFor } from './reading.ts';

/** Starts a kernel in the lane, works with it over one socket, and ends it with the signal. Throws when it does not start. */
export async function runKernel(
  lane: Lane,
  end: NodeJS.Signals,
  work: (socket: FrameSocket) => Promise<void>,
): Promise<void> {
  const start = await lane.startKernel();
  if (start.kind !== 'ready') throw new Error(`the kernel did not start: ${JSON.stringify(start)}`);
  if (!(await lane.isReached())) throw new Error('the gateway did not reach the kernel');
  const socket = await openSocket(lane.wsUrl);
  await work(socket);
  socket.close();
  await start.kernel.kill(end);
}

export interface Saying {
  readonly conversationId: string;
  readonly message: string;
  readonly model: string;
  readonly idempotencyKey?: string;
}

/** Sends a message; resolves with its turn when that is sealed, or has told event `untilN`. */
export async function say(
  socket: FrameSocket,
  saying: Saying,
  untilN: number = Number.POSITIVE_INFINITY,
): Promise<string> {
  const id = `${saying.conversationId} ${saying.message}`;
  socket.send({ type: 'chat.send', id, ...saying });
  const ack = await waitFor(socket, (frame) => frame['id'] === id);
  if (ack?.type !== 'ack') throw new Error(`not accepted: ${JSON.stringify(ack)}`);
  const turnId = String(ack['turnId']);
  const end = await waitFor(socket, (frame) => {
    const event = frame['event'] as { type?: string; turnId?: string } | undefined;
    return event?.turnId === turnId && (event.type === 'turn-sealed' || Number(frame['n']) >= untilN);
  });
  if (end === undefined) throw new Error(`the turn of ${id} did not come so far`);
  return turnId;
}
