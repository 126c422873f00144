import type { Attack, Harness } from '../harness.ts';
import { closeAndDie } from './close-and-die.ts';
import { type Installation, startInstallation } from './installation.ts';
import { warmingFaults } from './judge-warming.ts';
import { dieAt, dieInFlight, reborn, torment } from './nemesis.ts';
import { Person, pause } from './person.ts';
import { readStored } from './stored-facts.ts';
import { warmingBugs } from './warming-bugs.ts';

const FAST_MS = 1_000;
const SLOW_MS = 2_000;
const LONG_ROUNDS = 25;
/** How long everybody who is on may wait for a warm in the end, many deaths behind them. */
const REST_MS = 20_000;
const HANDLED_MS = 10_000;

/** People keep conversations warm, close them and talk, while everything dies and the clock is set. */
export const warming: Harness = {
  name: 'warming',
  proves: ['W3', 'W5', 'W6', 'W7', 'W8', 'W11', 'W12', 'C2', 'D4'],
  plantedBugs: warmingBugs,
  async run(attack) {
    const rounds = attack.long ? LONG_ROUNDS : 1;
    attack.floor('kernel kills', 15 * rounds);
    attack.floor('gateway kills', rounds);
    attack.floor('deaths at named places', 10 * rounds);
    attack.floor('kills with a warm in flight', 1);
    attack.floor('closes with a kill behind them', 1);
    attack.floor('clock jumps', 2 * rounds);
    attack.floor('warms', 12 * rounds);
    attack.floor('closes', 8 * rounds);
    attack.floor('opt-ins', 12 * rounds);
    attack.floor('turns', 15 * rounds);
    attack.floor('settled schedules', 20 * rounds);
    const installation = await startInstallation(attack);
    try {
      await attackAll(installation, attack, rounds);
    } finally {
      await installation.stop();
    }
  },
};

async function attackAll(installation: Installation, attack: Attack, rounds: number): Promise<void> {
  const { dispatch, offsets, provider, world } = installation;
  const parts = { dispatch, attack, offsets };
  const people = [FAST_MS, FAST_MS, SLOW_MS, SLOW_MS].map((intervalMs, index) => {
    const model = index % 2 === 0 ? 'scripted/one' : 'scripted/two';
    return new Person({ ...parts, name: `person-${index}`, model, intervalMs });
  });
  await Promise.all(people.map((person) => person.begin(dispatch.dataDir)));
  let over = false;
  const living = Promise.all(people.map((person) => live(person, attack, () => over)));
  const failed = living.then(() => new Promise<never>(() => {}));
  failed.catch(() => undefined);
  await torment(installation, attack, rounds, failed);
  over = true;
  await living;
  const closers: Person[] = [];
  for (let index = 0; index < rounds; index += 1)
    closers.push(await closeAndDie(installation, parts, index, attack));
  const slow = people.filter(({ conversation }) => conversation.intervalMs === SLOW_MS);
  await dieInFlight(
    slow.map(({ conversation }) => conversation.conversationId),
    installation,
    attack,
  );
  // At rest nothing but the timer itself arms the next warm.
  await dieAt('before-timer-handler', installation, attack);
  await reborn(installation, attack);
  await rest(people, installation, attack);
  const facts = await handled(dispatch.dataDir);
  const until = performance.now();
  for (const { conversation } of [...people, ...closers]) {
    for (const line of warmingFaults(conversation, provider.requests, world, until)) attack.violation(line);
  }
  for (const line of facts.faults) attack.violation(line);
  attack.count('counted seals', facts.sealedTurns);
  for (const { conversation } of people) {
    const kept = facts.warming.get(conversation.conversationId);
    const { intervalMs, model } = conversation;
    if (
      kept?.cwd !== dispatch.dataDir ||
      kept.model !== `scripted/${model}` ||
      kept.intervalMs !== intervalMs
    ) {
      attack.violation(`W8: ${conversation.conversationId} kept ${JSON.stringify(kept).slice(0, 300)}`);
    }
  }
  attack.count('warms', provider.requests.filter(({ kind }) => kind === 'warm').length);
}

/** One person, until it is over; in the end warming is on. */
async function live(person: Person, { random }: Attack, isOver: () => boolean): Promise<void> {
  await person.connect();
  for (let index = 0; !isOver(); index += 1) {
    const what = random.next();
    if (what < 0.3) {
      // Just when the next warm is being prepared.
      const due = (person.nextWarm ?? 0) - performance.now();
      if (due > 0 && due < 2_500) await pause(due + random.integer(20, 180));
      await person.turn(`Message ${index}.`);
    } else if (what < 0.5) {
      await person.close();
      if (random.chance(0.5)) await pause(random.integer(1_100, 1_900));
    } else if (what < 0.6) {
      await person.turn(`To be closed, ${index}.`, () => person.close());
    } else if (what < 0.7) {
      await person.switchTo(false);
      await pause(random.integer(0, 1_200));
    } else if (what < 0.8) {
      person.disconnect();
      await pause(random.integer(300, 1_200));
      await person.connect();
    } else await pause(random.integer(600, 2_200));
    if (!person.isOn) await person.switchTo(true);
  }
}

/** Everybody who is on is warmed once more, and nobody did anything for it. */
async function rest(
  people: readonly Person[],
  { provider }: Installation,
  { violation }: Attack,
): Promise<void> {
  const from = performance.now();
  const waiting = new Set(people.map(({ conversation }) => conversation.conversationId));
  while (waiting.size > 0 && performance.now() < from + REST_MS) {
    for (const { kind, at, conversationId } of provider.requests) {
      if (kind === 'warm' && at > from) waiting.delete(conversationId);
    }
    await pause(50);
  }
  for (const id of waiting)
    violation(`W8: ${id} is on and was not warmed within ${REST_MS / 1_000} s of the last start`);
}

async function handled(dataDir: string): ReturnType<typeof handledNow> {
  for (const deadline = performance.now() + HANDLED_MS; ; await pause(50)) {
    const facts = readStored(dataDir);
    if (facts.isHandled || performance.now() > deadline) return facts;
  }
}

const handledNow = async (dataDir: string) => readStored(dataDir);
