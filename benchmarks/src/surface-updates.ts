import { request } from '@dispatch/tests-processes';
import { WebSocket } from 'ws';
import { startBareBroadcast } from './extension/bare-broadcast.ts';
import { withBenchExtension } from './extension/with-bench-extension.ts';
import { type Benchmark, median, ms, percentile } from './figures.ts';
import { openSurfaceSocket } from './surface-socket.ts';

const SUBSCRIBERS = 1_000;
const ROUNDS = 60;
const QUICK_ROUNDS = 10;
const TARGET_MS = 50;
const OPENED_AT_ONCE = 50;
const PATIENCE_MS = 20_000;
const BOARD = { type: 'subscribe', surfaceId: 'board' };

const pause = (wait: number) => new Promise((resolve) => setTimeout(resolve, wait));

/** A change of one surface on its way to a thousand sockets that watch it, beside a thousand that watch it in other conversations. */
export const surfaceUpdates: Benchmark = {
  name: 'surface-updates',
  run: ({ quick, tell }) =>
    withBenchExtension(1, async ([dispatch]) => {
      if (dispatch === undefined) throw new Error('nothing was started');
      const rounds = quick ? QUICK_ROUNDS : ROUNDS;
      const receivers = createReceivers();
      const here = await receivers.open(dispatch.wsUrl, SUBSCRIBERS, () => 'here');
      const elsewhere = createReceivers();
      await elsewhere.open(dispatch.wsUrl, SUBSCRIBERS, (index) => `elsewhere-${index}`);
      const bare = await startBareBroadcast();
      const others = createReceivers();
      await others.open(bare.url, SUBSCRIBERS);
      const actor = await openSurfaceSocket(dispatch.wsUrl);
      const before = await computed(dispatch.httpUrl);
      const told = elsewhere.count;
      const ours: number[] = [];
      const direct: number[] = [];
      for (let round = 0; round <= rounds; round += 1) {
        const value = `value-${round}`;
        const without = await others.times(value, () => bare.broadcast(value));
        const invoke = { type: 'invoke', surfaceId: 'board', conversationId: 'here' };
        const times = await receivers.times(`<${value}>`, () =>
          actor.ask({ ...invoke, actionId: 'bench/set', payload: value }),
        );
        if (round === 0) continue;
        ours.push(...times);
        direct.push(...without);
      }
      await pause(200);
      const frames = elsewhere.count - told;
      const after = await computed(dispatch.httpUrl);
      const wasted = Object.keys(after).filter((id) => id !== 'here' && after[id] !== before[id]).length;
      const perChange = ((after['here'] ?? 0) - (before['here'] ?? 0)) / (rounds + 1);
      tell(
        `${here} subscribers, ${rounds} changes, from asking for the action: p50 ${ms(median(ours))}, the last ${ms(percentile(ours, 1))}; computed ${perChange} times a change, of which one is for whoever acts and does not watch`,
      );
      for (const part of [receivers, elsewhere, others, actor, bare]) part.close();
      const p99 = percentile(ours, 0.99);
      return [
        {
          name: `a surface change to ${SUBSCRIBERS.toLocaleString('en-GB')} subscribers, p99`,
          reached: ms(p99),
          target: `≤ ${TARGET_MS} ms`,
          beside: `bare sockets ${ms(percentile(direct, 0.99))}`,
          holds: p99 <= TARGET_MS,
        },
        {
          name: `frames to, and computations for, ${SUBSCRIBERS.toLocaleString('en-GB')} subscribers of other conversations`,
          reached: `${frames} and ${wasted}`,
          target: '0 and 0',
          holds: frames === 0 && wasted === 0,
        },
      ];
    }),
};

/** Sockets that note when a text reached them, and read no more of what they get. */
function createReceivers() {
  const sockets: WebSocket[] = [];
  let count = 0;
  let wanted = '\u0000';
  let onHit = () => {};
  const take = (data: Buffer) => {
    if (data.includes(wanted)) onHit();
    // The gateway asks now and then whether somebody is there.
    if (!data.includes('"type":"ping"')) count += 1;
  };

  async function openOne(url: string, conversationId: string | undefined): Promise<void> {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    sockets.push(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.once('open', () => conversationId === undefined && resolve());
      if (conversationId === undefined) return;
      socket.once('open', () => socket.send(JSON.stringify({ ...BOARD, conversationId })));
      socket.on('message', (data) => (data as Buffer).includes('"type":"surface"') && resolve());
    });
    socket.removeAllListeners('message');
    socket.on('message', take);
  }

  return {
    get count() {
      return count;
    },
    async open(url: string, many: number, conversationOf?: (index: number) => string): Promise<number> {
      for (let from = 0; from < many; from += OPENED_AT_ONCE) {
        const indexes = Array.from({ length: Math.min(OPENED_AT_ONCE, many - from) }, (_, at) => from + at);
        await Promise.all(indexes.map((index) => openOne(url, conversationOf?.(index))));
      }
      return sockets.length;
    },
    /** Milliseconds from `begin` until each socket had the text. */
    async times(text: string, begin: () => Promise<void>): Promise<readonly number[]> {
      const times: number[] = [];
      wanted = text;
      const began = performance.now();
      const all = new Promise<void>((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`${times.length} were told`)), PATIENCE_MS);
        onHit = () => {
          times.push(performance.now() - began);
          if (times.length < sockets.length) return;
          clearTimeout(late);
          resolve();
        };
      });
      await Promise.all([begin(), all]);
      return times;
    },
    close() {
      for (const socket of sockets) socket.terminate();
    },
  };
}

/** How often the surface was computed, by conversation. */
async function computed(httpUrl: string): Promise<Readonly<Record<string, number>>> {
  const { status, body } = await request(httpUrl, 'GET', '/x/bench/computed');
  if (status !== 200) throw new Error(`the extension answered ${status}`);
  return body.computed;
}
