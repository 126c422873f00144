import { WebSocket } from 'ws';
import { withBenchExtension } from './extension/with-bench-extension.ts';
import { type Benchmark, median, ms, percentile } from './figures.ts';
import { openWatchingSocket } from './watching-socket.ts';

const ROUNDS = 500;
const QUICK_ROUNDS = 50;
const WARM_UP = 20;
const TARGET_MS = 50;

/** From just before the provider sends a whole tool call to `approval.requested` at a connected person, who watches nothing. */
export const approvalLatency: Benchmark = {
  name: 'approval-latency',
  run: ({ quick, tell }) =>
    withBenchExtension(1, async ([dispatch], provider) => {
      if (dispatch === undefined) throw new Error('nothing was started');
      const sender = await openWatchingSocket(dispatch.wsUrl);
      const person = await openPerson(dispatch.wsUrl);
      const taken: number[] = [];
      for (let round = 0; round < WARM_UP + (quick ? QUICK_ROUNDS : ROUNDS); round += 1) {
        const asked = person.asked();
        const turn = sender.turn('openai/calling');
        const called = await provider.called();
        const { at, id } = await asked;
        const answer = await fetch(`${dispatch.httpUrl}/approvals/${id}`, {
          method: 'POST',
          body: JSON.stringify({ decision: 'deny' }),
        });
        if (answer.status !== 200) throw new Error(`an answer was answered with ${answer.status}`);
        await turn;
        if (round >= WARM_UP) taken.push(at - called);
      }
      sender.close();
      person.close();
      const p50 = median(taken);
      const p99 = percentile(taken, 0.99);
      tell(`${taken.length} calls; p50 ${ms(p50)}, p90 ${ms(percentile(taken, 0.9))}, p99 ${ms(p99)}`);
      return [
        {
          name: 'tool call to the approval at a connected person, p50',
          reached: ms(p50),
          target: 'told',
          holds: true,
        },
        {
          name: 'tool call to the approval at a connected person, p99',
          reached: ms(p99),
          target: `≤ ${TARGET_MS} ms`,
          holds: p99 <= TARGET_MS,
        },
      ];
    }),
};

interface Asked {
  /** Epoch milliseconds with fractions: the same clock for all processes of a machine. */
  readonly at: number;
  readonly id: string;
}

interface Person {
  /** The next approval that is requested. */
  asked(): Promise<Asked>;
  close(): void;
}

async function openPerson(wsUrl: string): Promise<Person> {
  const socket = new WebSocket(wsUrl, { perMessageDeflate: false });
  let tell: (asked: Asked) => void = () => undefined;
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  socket.on('message', (data) => {
    const at = performance.timeOrigin + performance.now();
    const { type, event } = JSON.parse(data.toString());
    if (type === 'user.event' && event.type === 'approval.requested') tell({ at, id: event.approval.id });
  });
  return {
    asked: () =>
      new Promise((resolve) => {
        tell = resolve;
      }),
    close: () => socket.close(),
  };
}
