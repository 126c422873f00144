import { openSocket } from '@dispatch/tests-processes';
import type { Attack } from '../harness.ts';

const PATIENCE_MS = 20_000;

export interface Canary {
  readonly conversationId: string;
  /** Resolves when its last turn is sealed, or it has told why not. */
  stop(): Promise<void>;
}

/**
 * Somebody who chats on one socket all the time while others attack: every turn must complete, no event may be missing, and the
 * socket must never be lost. Tells a violation otherwise and counts `canary turns`.
 */
export async function startCanary(wsUrl: string, attack: Attack): Promise<Canary> {
  const socket = await openSocket(wsUrl);
  const conversationId = `canary-${attack.random.integer(0, 1e9)}`;
  let isOver = false;
  let slowest = 0;

  const turn = async (index: number): Promise<void> => {
    const from = socket.frames.length;
    const began = performance.now();
    const id = `canary-${index}`;
    socket.send({
      type: 'chat.send',
      id,
      conversationId,
      message: 'words: 12',
      model: 'demo/fast',
      idempotencyKey: id,
    });
    const answer = await socket.frame('the answer to the canary', (frame) => frame['id'] === id, PATIENCE_MS);
    if (answer.type !== 'ack') throw new Error(`the canary was refused: ${JSON.stringify(answer)}`);
    const turnId = String(answer['turnId']);
    await socket.sealed(turnId, PATIENCE_MS);
    const events = socket.events(turnId);
    const gap = events.findIndex((event, place) => event.n !== place);
    if (gap !== -1) throw new Error(`event ${gap} of the canary's turn has n ${events[gap]?.n}`);
    const done = events.find(({ type }) => type === 'done');
    if (done?.['reason'] !== 'stop')
      throw new Error(`the canary's turn ended as ${String(done?.['reason'])}`);
    slowest = Math.max(slowest, performance.now() - began);
    // Kept frames would be searched again and again.
    (socket.frames as unknown[]).splice(0, from);
    (socket.texts as unknown[]).length = 0;
  };

  const chatting = (async () => {
    for (let index = 0; !isOver; index += 1) {
      try {
        await turn(index);
        attack.count('canary turns');
        await new Promise((resolve) => setTimeout(resolve, 50));
      } catch (error) {
        if (socket.socket.readyState !== socket.socket.OPEN)
          attack.violation('L4: the canary lost its socket');
        else attack.violation(`L4: ${error instanceof Error ? error.message : String(error)}`);
        break;
      }
    }
    attack.note(`the canary's slowest turn took ${Math.round(slowest)} ms`);
    socket.close();
  })();

  return {
    conversationId,
    stop: () => {
      isOver = true;
      return chatting;
    },
  };
}
