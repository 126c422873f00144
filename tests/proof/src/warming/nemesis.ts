import type { Attack } from '../harness.ts';
import type { Installation } from './installation.ts';
import { pause } from './person.ts';

/** Named places of the kernel, and the pass at which it dies there. */
const PLACES = [
  'before-warm-request#2',
  'after-warm-request#2',
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

type Torment = (installation: Installation, attack: Attack) => Promise<void>;

const atRandom: Torment = async (installation, attack) => {
  await pause(attack.random.integer(100, 1_200));
  await reborn(installation, attack);
};

const inFlight: Torment = async (installation, attack) => {
  const warm = await Promise.race([installation.provider.nextWarm(), pause(4_000)]);
  if (warm === undefined) return;
  await reborn(installation, attack);
  attack.count('kills with a warm in flight');
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

/** To the past and the future and back, under a kernel that lives on. What was set in another time of day is set again before anything dies. */
const thereAndBack: Torment = async (installation, attack) => {
  const far = attack.random.pick([-1, 1, 24]) * HOUR_MS;
  installation.jump(far);
  await pause(1_200);
  installation.jump(-far);
  attack.count('clock jumps', 2);
  await pause(2_800);
};

const DEEDS: readonly Torment[] = [
  atRandom,
  inFlight,
  gatewayToo,
  forward,
  inFlight,
  gatewayToo,
  thereAndBack,
];

function shuffled<T>(list: readonly T[], { random }: Attack): readonly T[] {
  return list
    .map((one) => ({ one, key: random.next() }))
    .sort((a, b) => a.key - b.key)
    .map(({ one }) => one);
}
