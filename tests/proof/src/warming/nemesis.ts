import type { Attack } from '../harness.ts';
import type { Installation } from './installation.ts';
import { pause } from './person.ts';

/** Named places of the kernel, and the pass at which it dies there. */
const PLACES = [
  'before-warm-request',
  'after-warm-request',
  'before-close',
  'after-close',
  'before-seal#2',
  'after-seal#2',
  'before-handled#3',
  'after-handled#2',
  'after-handled#3',
  'before-timer-handler#2',
  'after-timer-handler#2',
  'before-extension-change#9',
  'after-extension-change#8',
] as const;
/** How long the kernel has to come by such a place. */
const PLACE_MS = 6_000;
/** How long a warm may take to come, and how long it is held then. */
const IN_FLIGHT_MS = 15_000;
const HELD_MS = 800;
const REPEATED_MS = 1_500;
const HOUR_MS = 3_600_000;

/** What was done, one after the other, while people go on. */
export async function torment(
  installation: Installation,
  attack: Attack,
  rounds: number,
  failed: Promise<never>,
): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    for (const place of shuffled(PLACES, attack))
      await Promise.race([failed, dieAt(place, installation, attack)]);
    await reborn(installation, attack);
    for (const deed of shuffled(DEEDS, attack)) await Promise.race([failed, deed(installation, attack)]);
  }
}

/** The kernel dies and comes back, to die at a named place. It is not there then. */
export async function dieAt(place: string, installation: Installation, attack: Attack): Promise<void> {
  await installation.killKernel();
  attack.count('kernel kills');
  // It may come by before it is ready.
  await installation.startKernel({ DISPATCH_CRASH_AT: place }).catch(() => undefined);
  if (await installation.diesWithin(PLACE_MS)) attack.count('deaths at named places');
  else attack.note(`the kernel never came to ${place}`);
}

/** The kernel is killed, if it is there, and started again. */
export async function reborn(installation: Installation, attack: Attack): Promise<void> {
  await installation.killKernel();
  await installation.startKernel();
  attack.count('kernel kills');
}

/** The kernel dies while a warm of one of these is under way, so late that its next time is near; it is not to be sent again then. */
export async function dieInFlight(
  conversationIds: readonly string[],
  installation: Installation,
  attack: Attack,
): Promise<void> {
  const warm = await Promise.race([installation.provider.holdWarm(conversationIds), pause(IN_FLIGHT_MS)]);
  if (warm === undefined) return attack.note('no warm came to be held');
  await pause(HELD_MS);
  await reborn(installation, attack);
  // Long enough for what must not come.
  await pause(REPEATED_MS);
  attack.count('kills with a warm in flight');
}

type Torment = (installation: Installation, attack: Attack) => Promise<void>;

const atRandom: Torment = async (installation, attack) => {
  await pause(attack.random.integer(100, 1_200));
  await reborn(installation, attack);
};

const gatewayToo: Torment = async (installation, attack) => {
  await pause(attack.random.integer(100, 800));
  const { dispatch } = installation;
  const isBoth = attack.random.chance(0.5);
  if (isBoth) await installation.killKernel();
  await dispatch.gateway.kill();
  await Promise.all([dispatch.startGateway(), isBoth ? installation.startKernel() : undefined]);
  attack.count('gateway kills');
  if (isBoth) attack.count('kernel kills');
};

/** Forward, as a machine that slept; the kernel lives through it or is started again. */
const forward: Torment = async (installation, attack) => {
  installation.jump(attack.random.pick([1, 9, 30 * 24]) * HOUR_MS);
  attack.count('clock jumps');
  if (attack.random.chance(0.5)) await reborn(installation, attack);
  await pause(1_200);
};

/** To the past and back. What was set in the past is overdue where the kernel is started again. */
const thereAndBack: Torment = async (installation, attack) => {
  const far = -attack.random.pick([1, 24, 30 * 24]) * HOUR_MS;
  installation.jump(far);
  await pause(1_200);
  installation.jump(-far);
  attack.count('clock jumps', 2);
  await pause(1_000);
};

const DEEDS: readonly Torment[] = [atRandom, gatewayToo, forward, gatewayToo, thereAndBack];

function shuffled<T>(list: readonly T[], { random }: Attack): readonly T[] {
  return list
    .map((one) => ({ one, key: random.next() }))
    .sort((a, b) => a.key - b.key)
    .map(({ one }) => one);
}
