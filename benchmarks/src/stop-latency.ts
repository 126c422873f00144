import { type Benchmark, median, ms, percentile } from './figures.ts';
import { openWatchingSocket } from './watching-socket.ts';
import { withDispatch } from './with-dispatch.ts';

const ROUNDS = 100;
const QUICK_ROUNDS = 20;
const TARGET_MS = 15;

/** From a stop request to the provider seeing its connection closed, beside the abort of a direct call. */
export const stopLatency: Benchmark = {
  name: 'stop-latency',
  run: ({ quick, tell }) =>
    withDispatch(async (dispatch, provider) => {
      const socket = await openWatchingSocket(dispatch.wsUrl);
      const ours: number[] = [];
      const direct: number[] = [];
      for (let round = 0; round <= (quick ? QUICK_ROUNDS : ROUNDS); round += 1) {
        const without = await abortDirectly(provider.url, () => provider.closed());
        const conversationId = crypto.randomUUID();
        let asked = Number.NaN;
        let stopping: Promise<Response> | undefined;
        const turn = socket.turn('openai/endless', {
          conversationId,
          onText: () => {
            if (stopping !== undefined) return;
            asked = now();
            stopping = fetch(`${dispatch.httpUrl}/conversations/${conversationId}/stop`, { method: 'POST' });
          },
        });
        const closed = await provider.closed();
        await turn;
        const answer = await stopping;
        if (answer?.status !== 200) throw new Error(`stop was answered with ${answer?.status}`);
        if (round === 0) continue;
        ours.push(closed - asked);
        direct.push(without);
      }
      socket.close();
      tell(`${ours.length} stops; p90 ${ms(percentile(ours, 0.9))}, p99 ${ms(percentile(ours, 0.99))}`);
      const p50 = median(ours);
      return [
        {
          name: 'stop to closed provider connection, p50',
          reached: ms(p50),
          target: `≤ ${TARGET_MS} ms`,
          beside: `direct ${ms(median(direct))}`,
          holds: p50 <= TARGET_MS,
        },
      ];
    }),
};

/** Epoch milliseconds with fractions: the same clock for all processes of a machine. */
const now = () => performance.timeOrigin + performance.now();

async function abortDirectly(providerUrl: string, closed: () => Promise<number>): Promise<number> {
  const controller = new AbortController();
  const response = await fetch(`${providerUrl}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'endless', stream: true, messages: [{ role: 'user', content: 'Hello' }] }),
    signal: controller.signal,
  });
  await response.body?.getReader().read();
  const asked = now();
  controller.abort();
  return (await closed()) - asked;
}
