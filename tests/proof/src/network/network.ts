import { openSocket, request, startDispatch } from '@dispatch/tests-processes';
import type { Attack, Harness } from '../harness.ts';
import { createRandom } from '../random.ts';
import { createChanger } from '../user-stream/changer.ts';
import { judgeStream } from '../user-stream/judge-stream.ts';
import { readStoredStream } from '../user-stream/stored-stream.ts';
import { createTab } from '../user-stream/tab.ts';
import { type BadNetwork, type LineFault, startBadNetwork } from './bad-network.ts';

const OWNER = 'usr_owner';
const FAULTS: readonly LineFault[] = ['one-byte', 'lumps', 'reset'];
const TABS_EACH = 2;
const SHORT_MS = 12_000;
const LONG_MS = 300_000;
/** A peer that vanished is closed within this (R5), with room for a busy machine. */
const FOUND_MS = 35_000 + 2_000;
const SILENT = 6;
/** Between two changes: faster than that no line that breaks every few kilobytes would ever catch up. */
const REST_MS = 40;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Tabs behind lines that cut every write to bytes, hold them back, reset in mid-frame, or fall silent without a word. */
export const network: Harness = {
  name: 'network',
  proves: ['R1', 'R5', 'E1', 'E7'],
  plantedBugs: [
    {
      mistake: 'a peer that never answers is kept',
      file: 'apps/gateway/src/ws/heartbeat.ts',
      find: '    else this.#owner.died();\n',
      replace: '    else alarms.set(this, HEARTBEAT_MS - GRACE_MS);\n',
    },
  ],
  async run(attack) {
    const { long, random, floor } = attack;
    floor('resets', TABS_EACH * 2);
    floor('silent lines', 2 * SILENT);
    floor('events told', FAULTS.length * TABS_EACH * 10);
    const dispatch = await startDispatch();
    const networks: BadNetwork[] = [];
    const through = async (fault: LineFault): Promise<BadNetwork> => {
      const one = await startBadNetwork(
        Number(new URL(dispatch.wsUrl).port),
        createRandom(random.integer(0, 2 ** 30)),
      );
      one.fault = fault;
      networks.push(one);
      return one;
    };
    try {
      await request(dispatch.httpUrl, 'PUT', '/conversations/first/title', { title: 'The first' });
      await Promise.all([
        tell(attack, dispatch, through, long ? LONG_MS : SHORT_MS),
        fallSilent(attack, dispatch.httpUrl, through),
      ]);
    } finally {
      for (const one of networks) await one.close();
      await dispatch.stop();
    }
  },
};

/** Everybody is told everything once, whatever their line does. */
async function tell(
  attack: Attack,
  dispatch: { readonly httpUrl: string; readonly dataDir: string },
  through: (fault: LineFault) => Promise<BadNetwork>,
  ms: number,
): Promise<void> {
  const { random, count, violation } = attack;
  let isOver = false;
  let head: number | undefined;
  const lines = await Promise.all(FAULTS.map(through));
  const tabs = lines.flatMap(({ wsUrl, fault }) =>
    Array.from({ length: TABS_EACH }, (_, index) => {
      const name = `${fault} ${index}`;
      return { name, tab: createTab(name, wsUrl, createRandom(random.integer(0, 2 ** 30))) };
    }),
  );
  const living = Promise.all(tabs.map(({ tab }) => tab.live(() => head)));
  while (tabs.some(({ tab }) => tab.record.epoch === '')) await pause(10);
  const seed = createRandom(random.integer(0, 2 ** 30));
  const changer = createChanger(dispatch.httpUrl, 'changer', seed, REST_MS);
  const changing = changer.change(() => isOver);
  await pause(ms);
  isOver = true;
  await changing;
  const stored = readStoredStream(dispatch.dataDir, OWNER);
  head = stored.at(-1)?.seq ?? 0;
  const arrived = await living;
  for (const [index, { name, tab }] of tabs.entries()) {
    count('events told', tab.record.told.length);
    for (const line of judgeStream(name, tab.record, stored, changer.acknowledged)) violation(line);
    if (arrived[index] === false) violation(`E1: ${name} never had everything`);
  }
  count('resets', lines.find(({ fault }) => fault === 'reset')?.broken ?? 0);
}

/** Peers that vanish without a word are found, and those that are only deaf too. */
async function fallSilent(
  { count, violation, note }: Attack,
  httpUrl: string,
  through: (fault: LineFault) => Promise<BadNetwork>,
): Promise<void> {
  const deaths = async (): Promise<number> => {
    const text = await (await fetch(`${httpUrl}/metrics`)).text();
    return Number(/^dispatch_gateway_heartbeat_deaths_total (\d+)/m.exec(text)?.[1] ?? 0);
  };
  const before = await deaths();
  const lines = await Promise.all((['half-open', 'deaf'] as const).map(through));
  const sockets = await Promise.all(
    lines.flatMap(({ wsUrl }) => Array.from({ length: SILENT }, () => openSocket(wsUrl))),
  );
  while (lines.some(({ broken }) => broken < SILENT)) await pause(50);
  const began = performance.now();
  count(
    'silent lines',
    lines.reduce((sum, { broken }) => sum + broken, 0),
  );
  while ((await deaths()) - before < sockets.length) {
    if (performance.now() - began > FOUND_MS) {
      violation(
        `R5: ${(await deaths()) - before} of ${sockets.length} silent peers were found in ${FOUND_MS} ms`,
      );
      return;
    }
    await pause(100);
  }
  note(
    `all ${sockets.length} silent peers were found within ${((performance.now() - began) / 1_000).toFixed(1)} s`,
  );
  for (const socket of sockets) socket.close();
}
