import { CountingSocket } from '@dispatch/tests-processes';
import type { Benchmark } from '../figures.ts';
import { type GatewayServer, startGatewayServer } from './gateway-server.ts';

const PEOPLE = 200;
const PER_SECOND = 10;
const RUN_MS = 60_000;
const QUICK_MS = 8_000;
const AWAY_MS = 2_000;
const STAYS_MS = 5_000;
const PATIENCE_MS = 15_000;
const SEQ = /"seq":\s*(\d+)/;

const pause = (wait: number) => new Promise((resolve) => setTimeout(resolve, wait));

/** People whose connection breaks every few seconds and stays away for two: what of all that happened do they learn, and how often? */
export const repeatedDrops: Benchmark = {
  name: 'repeated-drops',
  async run({ quick, tell }) {
    const server = await startGatewayServer();
    const people = Array.from({ length: PEOPLE }, (_, user) => person(server, user));
    await Promise.all(people.map((one) => one.connect()));
    let isOver = false;
    const living = people.map((one) => one.live(() => isOver));
    const end = performance.now() + (quick ? QUICK_MS : RUN_MS);
    while (performance.now() < end) {
      server.publish({ type: 'bench', at: performance.now() }, PEOPLE);
      await pause(1_000 / PER_SECOND);
    }
    isOver = true;
    await Promise.all(living);
    const due = server.kernel.headOf(0);
    const deadline = performance.now() + PATIENCE_MS;
    while (people.some(({ told }) => told.length < due) && performance.now() < deadline) await pause(50);
    const drops = people.reduce((sum, one) => sum + one.drops, 0);
    const exact = people.reduce(
      (sum, { told }) => sum + told.filter((seq, index) => seq === index + 1).length,
      0,
    );
    const surplus = people.reduce((sum, { told }) => sum + told.length, 0) - exact;
    for (const one of people) one.leave();
    await server.stop();
    const share = (100 * exact) / (due * PEOPLE);
    tell(`${drops} drops of ${PEOPLE} people, ${due} events each`);
    return [
      {
        name: 'told exactly once, in order, through repeated drops of two seconds',
        reached: `${share.toFixed(2)} %, ${surplus} too many`,
        target: '100 %',
        holds: exact === due * PEOPLE && surplus === 0 && drops >= PEOPLE,
      },
    ];
  },
};

/** Somebody on a bad network. Nothing is dropped on this side: what comes twice is told twice. */
function person(server: GatewayServer, user: number) {
  const told: number[] = [];
  let socket: CountingSocket | undefined;
  const self = {
    told,
    drops: 0,
    async connect(): Promise<void> {
      const { url, headers } = server.upgradeOf(user);
      socket = await CountingSocket.open({
        url: `${url}?resume=${server.kernel.epoch}.${told.at(-1) ?? 0}`,
        ...(headers && { headers }),
        onText: (payload, from) => {
          if (from !== undefined && server.deliveriesIn(payload, from) === 1) {
            told.push(Number(SEQ.exec(payload.toString('latin1'))?.[1]));
          }
        },
      });
    },
    async live(isOver: () => boolean): Promise<void> {
      while (!isOver()) {
        await pause(Math.random() * STAYS_MS);
        socket?.cut();
        self.drops += 1;
        await pause(AWAY_MS);
        await self.connect();
      }
    },
    leave: () => socket?.cut(),
  };
  return self;
}
