import { type DispatchProcesses, request } from '@dispatch/tests-processes';
import { withBenchExtension } from './extension/with-bench-extension.ts';
import { type Benchmark, median, ms, percentile } from './figures.ts';
import { cpuMicroseconds } from './process-figures.ts';
import { openSurfaceSocket, type SurfaceFrame, type SurfaceSocket } from './surface-socket.ts';
import { openWatchingSocket } from './watching-socket.ts';

/** Of these so many are conversations with real warming on, the others timers of the benchmark's own extension. */
const ARMED = 10_000;
const REAL = 1_000;
const QUICK_REAL = 100;
const TURNS_AT_ONCE = 10;
const WINDOWS = 6;
const WINDOW_MS = 10_000;
const QUICK_WINDOW_MS = 2_000;
/** Behind the last commit, before anybody measures. */
const SETTLE_MS = 5_000;
/** Within so many seconds all of them are due; as people's intervals are 240 s, four times as dense as it would be. */
const SPREAD_SECONDS = 60;
const QUICK_SPREAD_SECONDS = 10;
const FAR_SECONDS = 3_300;
const TARGET_SHARE = 0.005;
const TARGET_LATE_MS = 1_000;

const pause = (wait: number) => new Promise((resolve) => setTimeout(resolve, wait));

/** Ten thousand armed conversations: what they cost while nothing happens, beside a kernel without them, and how late they wake. */
export const armedTimers: Benchmark = {
  name: 'armed-timers',
  run: ({ quick, tell }) =>
    withBenchExtension(2, async ([armed, idle]) => {
      if (armed === undefined || idle === undefined) throw new Error('nothing was started');
      const real = quick ? QUICK_REAL : REAL;
      const spread = quick ? QUICK_SPREAD_SECONDS : SPREAD_SECONDS;
      const planned = new Map<string, number>();
      const socket = await openSurfaceSocket(armed.wsUrl, (frame) => notePlanned(frame, planned));
      await talk(armed, real);
      const began = performance.now();
      for (const id of conversations(real)) await switchOn(socket, id);
      const optIn = (performance.now() - began) / real;
      const others = ARMED - real;
      await arm(socket, { name: 'far', count: others, fromMs: FAR_SECONDS * 1_000, spreadMs: 0 });
      await pause(SETTLE_MS);
      const shares = await idleShares(
        [armed.kernel.pid, idle.kernel.pid],
        quick ? QUICK_WINDOW_MS : WINDOW_MS,
      );
      const more = mean(shares.map(([one = 0, other = 0]) => one - other));
      const share = (list: readonly number[]) => `${(mean(list) * 100).toFixed(3)} %`;
      tell(
        `at rest: armed ${share(shares.map(([one = 0]) => one))}, without ${share(shares.map(([, other = 0]) => other))} of a core; an opt-in took ${ms(optIn)}`,
      );

      await arm(socket, { name: 'far', count: others, fromMs: 2_000, spreadMs: spread * 1_000 });
      for (const id of conversations(real)) await setInterval(socket, id, spread);
      const due = new Map(planned);
      await pause((spread + 5) * 1_000);
      const late = await latenessOf(armed);
      const warmed = await latenessOfWarms(armed, due, conversations(real));
      socket.close();
      if (late.length < others || warmed.length < real)
        throw new Error(`${late.length} and ${warmed.length} woke up`);
      const figure = (name: string, list: readonly number[]) => ({
        name,
        reached: ms(percentile(list, 0.99)),
        target: `≤ ${TARGET_LATE_MS} ms`,
        beside: `p50 ${ms(median(list))}`,
        holds: percentile(list, 0.99) <= TARGET_LATE_MS,
      });
      return [
        {
          name: `${ARMED.toLocaleString('en-GB')} armed conversations at rest, kernel`,
          reached: `${(more * 100).toFixed(3)} % of a core more`,
          target: `≤ ${TARGET_SHARE * 100} %`,
          beside: `without them ${share(shares.map(([, other = 0]) => other))}`,
          holds: more <= TARGET_SHARE,
        },
        figure(`lateness of ${others.toLocaleString('en-GB')} timers due within ${spread} s, p99`, late),
        figure(
          `from the planned time to the end of the warm, ${real.toLocaleString('en-GB')} conversations, p99`,
          warmed,
        ),
      ];
    }),
};

const mean = (list: readonly number[]) => list.reduce((sum, one) => sum + one, 0) / list.length;

const conversations = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `armed-${index}`);

/** Conversations that nobody has talked in are not warmed. */
async function talk(dispatch: DispatchProcesses, count: number): Promise<void> {
  const socket = await openWatchingSocket(dispatch.wsUrl);
  const ids = conversations(count);
  for (let from = 0; from < count; from += TURNS_AT_ONCE) {
    const some = ids.slice(from, from + TURNS_AT_ONCE);
    await Promise.all(some.map((conversationId) => socket.turn('openai/instant', { conversationId })));
  }
  socket.close();
}

const invoke = { type: 'invoke', surfaceId: 'cache-warming' };

async function switchOn(socket: SurfaceSocket, conversationId: string): Promise<void> {
  await setInterval(socket, conversationId, FAR_SECONDS);
  await socket.ask({ ...invoke, conversationId, actionId: 'cache-warming/toggle', payload: true });
}

function setInterval(socket: SurfaceSocket, conversationId: string, seconds: number): Promise<void> {
  return socket.ask({ ...invoke, conversationId, actionId: 'cache-warming/set-interval', payload: seconds });
}

function arm(socket: SurfaceSocket, payload: object): Promise<void> {
  return socket.ask({
    type: 'invoke',
    surfaceId: 'board',
    conversationId: 'c',
    actionId: 'bench/arm',
    payload,
  });
}

/** Shares of a core of these processes, window by window, measured side by side. */
async function idleShares(
  pids: readonly number[],
  windowMs: number,
): Promise<readonly (readonly number[])[]> {
  const shares: number[][] = [];
  for (let window = 0; window < WINDOWS; window += 1) {
    const used = pids.map(cpuMicroseconds);
    const from = performance.now();
    await pause(windowMs);
    const elapsed = (performance.now() - from) * 1_000;
    shares.push(pids.map((pid, index) => (cpuMicroseconds(pid) - (used[index] ?? 0)) / elapsed));
  }
  return shares;
}

async function latenessOf(dispatch: DispatchProcesses): Promise<readonly number[]> {
  return (await request(dispatch.httpUrl, 'GET', '/x/bench/late')).body.late;
}

/** When the surface says that the next warm is planned, by conversation; the last word counts. */
function notePlanned({ update, spec, conversationId }: SurfaceFrame, planned: Map<string, number>): void {
  const id = update?.conversationId ?? conversationId;
  const at = timesOf(update?.spec ?? spec)?.['nextWarmAt'];
  if (id !== undefined && typeof at === 'number') planned.set(id, at);
}

/** From the planned time to the end of the warm, which the surface shows. */
async function latenessOfWarms(
  dispatch: DispatchProcesses,
  due: ReadonlyMap<string, number>,
  ids: readonly string[],
): Promise<readonly number[]> {
  const ended = new Map<string, number>();
  const socket = await openSurfaceSocket(dispatch.wsUrl, ({ spec, conversationId = '' }) => {
    const at = timesOf(spec)?.['lastWarmAt'];
    if (typeof at === 'number') ended.set(conversationId, at);
  });
  for (const conversationId of ids) {
    await socket.ask({ type: 'subscribe', surfaceId: 'cache-warming', conversationId });
    await socket.ask({ type: 'unsubscribe', surfaceId: 'cache-warming', conversationId });
  }
  socket.close();
  return ids.flatMap((id) => {
    const [planned, at] = [due.get(id), ended.get(id)];
    return planned === undefined || at === undefined ? [] : [at - planned];
  });
}

function timesOf(spec: SurfaceFrame['spec']): Readonly<Record<string, number | null>> | undefined {
  return spec?.id === 'cache-warming' ? spec.fields[4]?.payload : undefined;
}
