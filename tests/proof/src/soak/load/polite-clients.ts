import { request, streamChat } from '@dispatch/tests-processes';
import { type Actor, again } from './round.ts';

/** A stop takes effect within a second; this allows for a process that stands still and a busy machine. */
const STOP_MS = 5_000;

/** Stops turns whose model went silent, in the middle of their text. */
export const stoppers = again('a stop', 600, async (round) => {
  const { dispatch, attack } = round;
  const conversationId = `stop-${crypto.randomUUID()}`;
  let stopped = 0;
  let stopping: Promise<unknown> | undefined;
  const body = { conversationId, message: 'Please stall.', model: 'scripted/stalling' };
  const { events, status } = await streamChat(dispatch.httpUrl, body, ({ event }) => {
    if (event.type !== 'text-delta' || stopping !== undefined) return;
    stopped = performance.now();
    stopping = request(dispatch.httpUrl, 'POST', `/conversations/${conversationId}/stop`);
    stopping.catch(() => undefined);
  });
  const tookMs = performance.now() - stopped;
  await stopping;
  const reason = events.find(({ event }) => event.type === 'done')?.event['reason'];
  round.turnsDone(1);
  if (round.turbulent) return;
  if (stopping === undefined) {
    // The provider was gone before its first word.
    if (reason !== 'error')
      attack.violation(`T12: a stalling turn answered ${status} and ended with ${reason}`);
    return;
  }
  attack.count('stopped turns');
  if (reason !== 'aborted') attack.violation(`T6: a stopped turn ended with ${String(reason)}`);
  if (tookMs > STOP_MS) attack.violation(`T6: a stop took effect after ${Math.round(tookMs)} ms`);
});

/** Reads everything there is to read. */
export const readers = again('a read', 300, async ({ dispatch, attack, turbulent }) => {
  const { random } = attack;
  const get = async (path: string) => {
    const answer = await request(dispatch.httpUrl, 'GET', path);
    if (answer.status !== 200 && !turbulent) attack.violation(`L4: GET ${path} answered ${answer.status}`);
    attack.count('reads');
    return answer.body;
  };
  const day = new Date().toISOString().slice(0, 10);
  const { conversations = [] } = await get(`/conversations?limit=${random.integer(1, 60)}`);
  await get(random.pick(['/models', '/health', '/version', `/metrics/throughput?period=day&date=${day}`]));
  if (conversations.length === 0) return;
  const { id } = random.pick<{ id: string }>(conversations);
  const { chunks = [] } = await get(`/conversations/${id}?limit=${random.integer(1, 40)}`);
  const isWhole = chunks.every(
    ({ seq }: { seq: number }, index: number) => index === 0 || seq === chunks[index - 1].seq + 1,
  );
  if (!isWhole) attack.violation(`Q1: a gap in a page of ${id}`);
  await get(`/conversations/${id}/${random.pick(['status', 'metrics', 'title', 'model', 'cwd'])}`);
});

/** So many short turns, some at a time, however long that takes: what a turn leaves behind shows only in many. */
export function manyTurns(count: number): Actor {
  return async (round) => {
    const { dispatch, attack, turbulent } = round;
    let left = count;
    const one = async () => {
      while (left > 0) {
        left -= 1;
        const body = { message: `Once more, ${left}. words: 250`, model: 'demo/fast' };
        const answer = await streamChat(dispatch.httpUrl, body).catch(() => undefined);
        const last = answer?.events.at(-1)?.event.type;
        if (last !== 'turn-sealed' && !turbulent)
          attack.violation(`T1: a short turn ended with ${String(last)}`);
        attack.count('short turns');
        round.turnsDone(1);
      }
    };
    await Promise.all([one(), one(), one()]);
  };
}
