import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startScriptedModelServer } from '@dispatch/testkit';
import { createDataDirectory, type DispatchProcesses, startDispatch } from '@dispatch/tests-processes';
import type { Attack, Harness } from '../harness.ts';
import { INSPECTED } from './inspector.ts';
import { type Limits, leaks } from './leaks.ts';
import { passerBy, person } from './load/people.ts';
import { manyTurns, readers, stoppers } from './load/polite-clients.ts';
import { type Actor, pause } from './load/round.ts';
import { comers, garbage, hangUps, slowReaders } from './load/rude-clients.ts';
import { type Harm, harm, harms, plan } from './nemesis.ts';
import { orphan } from './orphans.ts';
import { createQuietLooks } from './quiet-looks.ts';
import { soakBugs } from './soak-bugs.ts';
import { storedFaults } from './stored-turns.ts';
import { createWeather, faultFigures, type Weather } from './weather.ts';

interface Setting {
  /** Rounds with kills, and what is harmed how often in each. */
  readonly turbulent: { readonly rounds: number; readonly plans: number; readonly turns: number };
  /** Rounds without; the first `warmUp` are not judged. */
  readonly calm: {
    readonly rounds: number;
    readonly plans: number;
    readonly turns: number;
    readonly warmUp: number;
  };
  readonly limits: Limits;
  readonly floor: number;
}

const HARM_EVERY_MS = 1_600;
const SHORT: Setting = {
  turbulent: { rounds: 1, plans: 1, turns: 20 },
  calm: { rounds: 6, plans: 1 / 3, turns: 45, warmUp: 2 },
  // In so few turns what is compiled late counts as growth, 170 to 2,800 bytes of it; the long setting looks closer.
  limits: { bytesPerTurn: 4_000, pssPerTurn: 60_000, noise: 1_000_000 },
  floor: 1,
};
const LONG: Setting = {
  turbulent: { rounds: 8, plans: 4, turns: 100 },
  calm: { rounds: 22, plans: 4, turns: 100, warmUp: 5 },
  limits: { bytesPerTurn: 500, pssPerTurn: 2_000, noise: 1_000_000 },
  floor: 10,
};

/** Many people over a long time, with everything going wrong now and then; and then without kills, to see what grows. */
export const soak: Harness = {
  name: 'soak',
  proves: ['L3', 'L4', 'D1', 'D3', 'T1', 'T3', 'T6', 'T7', 'T12', 'Q1', 'R1'],
  plantedBugs: soakBugs,
  async run(attack) {
    const setting = attack.long ? LONG : SHORT;
    for (const figure of [
      ...harms,
      ...faultFigures,
      'hang-ups',
      'garbage',
      'slow readers',
      'stopped turns',
    ]) {
      attack.floor(figure, setting.floor);
    }
    attack.floor('orphans', 2);
    for (const figure of ['late joins', 'reconnects', 'new conversations', 'reads', 'turns']) {
      attack.floor(figure, 10 * setting.floor);
    }
    const directory = createDataDirectory();
    const weather = createWeather(attack);
    const server = await startScriptedModelServer({ models: ['mixed', 'stalling'] });
    server.always('*', (request) => weather.answer(request));
    const scripted = { name: 'scripted', provider: 'openai-compatible', baseUrl: server.openaiUrl };
    const other = { name: 'other', provider: 'anthropic', apiKey: 'none', baseUrl: server.anthropicUrl };
    writeFileSync(
      join(directory.path, 'dispatch.config.json'),
      JSON.stringify({
        credentials: [scripted, other],
        turnLimits: { firstByteMs: 2_500, idleMs: 2_000, retryBaseMs: 100, retryAfterCapMs: 500 },
      }),
    );
    const dispatch = await startDispatch({ dataDir: directory.path, env: INSPECTED });
    try {
      await live(dispatch, weather, attack, setting);
    } finally {
      // Whose pipes are gone already tells nobody that it has ended.
      await Promise.race([Promise.all([dispatch.stop(), server.close()]), pause(10_000)]);
      directory.remove();
    }
  },
};

async function live(
  dispatch: DispatchProcesses,
  weather: Weather,
  attack: Attack,
  setting: Setting,
): Promise<void> {
  const everybody = actors();
  const { turbulent, calm } = setting;
  let turns = 0;
  const turnsDone = (count: number) => {
    turns += count;
  };
  const round = async (kinds: readonly Harm[], short: number, isTurbulent: boolean) => {
    let isOver = false;
    const shared = { dispatch, attack, turbulent: isTurbulent, turnsDone, over: () => isOver };
    const must = [harm({ dispatch, weather, attack }, kinds, HARM_EVERY_MS), manyTurns(short)(shared)];
    const others = everybody.map((act) => act(shared));
    await Promise.all(must).finally(() => {
      isOver = true;
    });
    await Promise.all(others);
  };
  for (let index = 0; index < turbulent.rounds; index += 1) {
    await round(plan(attack.random, false, turbulent.plans), turbulent.turns, true);
  }
  const looks = createQuietLooks(dispatch, attack);
  const gentle = [...plan(attack.random, true, Math.ceil(calm.rounds * calm.plans))];
  const perRound = Math.ceil(gentle.length / calm.rounds);
  for (let index = 0; index < calm.rounds; index += 1) {
    await round(gentle.splice(0, perRound), calm.turns, false);
    await looks.look(
      turns,
      index === calm.warmUp || index === calm.rounds - 1 || (attack.long && index > calm.warmUp),
    );
  }
  for (const [name, samples] of looks.samples) {
    for (const line of leaks(name, samples, setting.limits, calm.warmUp)) attack.violation(line);
  }
  looks.report(calm.warmUp);
  const stored = storedFaults(dispatch.dataDir);
  for (const line of stored.faults) attack.violation(line);
  attack.count('stored turns', stored.turns);
  await orphan(dispatch, attack);
}

function actors(): readonly Actor[] {
  return [
    person((index) => `Hello, part ${index}. words: 40`, 'demo/writer'),
    person((index) => `What time is it, part ${index}?`, 'demo/tools'),
    person((index) => `Tell me, part ${index}.`, 'scripted/mixed'),
    person((index) => `And you, part ${index}?`, 'other/mixed'),
    passerBy(() => 'Just one thing.', 'scripted/mixed'),
    passerBy(() => 'Only this.', 'other/mixed'),
    passerBy(() => 'Only this. words: 200', 'demo/fast'),
    hangUps,
    comers,
    garbage,
    slowReaders,
    stoppers,
    readers,
  ];
}
