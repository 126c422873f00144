import type { DispatchProcesses } from '@dispatch/tests-processes';
import type { Attack } from '../harness.ts';
import type { Random } from '../random.ts';
import { pause } from './load/round.ts';
import { shuffled } from './shuffled.ts';
import type { Weather } from './weather.ts';

const GENTLE = ['kernel stops', 'gateway stops', 'outages'] as const;
const VIOLENT = ['kernel kills', 'gateway kills', 'kernel kills', 'gateway kills', ...GENTLE] as const;

/** A kind of harm; also the figure it is counted in. */
export type Harm = (typeof VIOLENT)[number];
export const harms: readonly Harm[] = [...new Set(VIOLENT)];

/** Every kind in a random order, so many times over; without kills when it is gentle. */
export function plan(random: Random, gentle: boolean, times: number): readonly Harm[] {
  return Array.from({ length: times }, () => shuffled<Harm>(random, gentle ? GENTLE : VIOLENT)).flat();
}

export interface Nemesis {
  readonly dispatch: DispatchProcesses;
  readonly weather: Weather;
  readonly attack: Attack;
}

/** Does this harm, one kind after the other, with pauses; everything works again when it resolves. */
export async function harm(
  { dispatch, weather, attack }: Nemesis,
  kinds: readonly Harm[],
  everyMs: number,
): Promise<void> {
  const { random, count } = attack;
  for (const kind of kinds) {
    await pause(random.integer(everyMs / 2, everyMs));
    switch (kind) {
      case 'kernel kills':
        await dispatch.kernel.kill();
        await dispatch.startKernel();
        break;
      case 'gateway kills':
        await dispatch.gateway.kill();
        await dispatch.startGateway();
        break;
      case 'kernel stops':
        await stop(dispatch.kernel.pid, random.integer(200, 1_200));
        break;
      case 'gateway stops':
        await stop(dispatch.gateway.pid, random.integer(200, 1_200));
        break;
      case 'outages':
        weather.outage = true;
        await pause(random.integer(300, 1_200));
        weather.outage = false;
        break;
      default:
        kind satisfies never;
    }
    count(kind);
  }
  await pause(everyMs / 2);
}

async function stop(pid: number, ms: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  await pause(ms);
  process.kill(pid, 'SIGCONT');
}
