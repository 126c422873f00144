import { request } from '@dispatch/tests-processes';
import { violations } from '../../kill/observations.ts';
import { createTalker, type Talker } from '../../kill/talker.ts';
import { type Actor, PATIENCE_MS, pause, type Round } from './round.ts';
import { createWatching, type Watching } from './watching.ts';

/** A conversation is given up for a new one after so many messages, since every message asks the model with all of them. */
const LONG_CONVERSATION = 120;

/** Somebody who talks in one conversation for long, with one who watches all the time and one who comes and goes. */
export function person(message: (index: number) => string, model: string): Actor {
  let talker: Talker | undefined;
  return async (round) => {
    if (talker === undefined || talker.observed.seen.size > LONG_CONVERSATION) {
      talker = createTalker(round.dispatch.wsUrl, message, model);
      round.attack.count('new conversations');
    }
    await talkAndWatch(talker, round);
  };
}

/** Somebody who begins a new conversation, says one thing, and leaves. */
export function passerBy(message: (index: number) => string, model: string): Actor {
  return async (round) => {
    while (!round.over()) {
      const talker = createTalker(round.dispatch.wsUrl, message, model);
      let left = 1;
      await talker.talk(() => left-- <= 0);
      round.attack.count('new conversations');
      await checkTalker(talker, round, 1);
    }
  };
}

async function talkAndWatch(talker: Talker, round: Round): Promise<void> {
  const { conversationId, observed } = talker;
  const { httpUrl } = round.dispatch;
  const before = new Set(observed.seen.keys());
  const [standing, coming] = [createWatching(conversationId), createWatching(conversationId)];
  standing.join(httpUrl);
  const visits = comeAndGo(coming, round);
  await talker.talk(round.over);
  await visits;
  const now = [...observed.seen.keys()].filter((turnId) => !before.has(turnId));
  const last = now.at(-1);
  if (last !== undefined) await sealedIn([standing, coming], last);
  // The first turns may have begun before the watch did, and a kill may have cut it off before its first event.
  const whole = round.turbulent ? now.slice(-1) : now.slice(1);
  for (const [watching, must] of [
    [standing, whole],
    [coming, now.slice(-1)],
  ] as const) {
    watching.leave();
    for (const line of watching.complaints(observed.seen, must)) round.attack.violation(line);
  }
  await checkTalker(talker, round, now.length);
}

async function comeAndGo(watching: Watching, round: Round): Promise<void> {
  const { attack, dispatch } = round;
  watching.join(dispatch.httpUrl);
  while (!round.over()) {
    await pause(attack.random.integer(100, 900));
    watching.leave();
    await pause(attack.random.integer(0, 400));
    watching.join(dispatch.httpUrl);
    attack.count('late joins');
  }
}

async function sealedIn(all: readonly Watching[], turnId: string): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (performance.now() < deadline && !all.every((one) => one.hasSealed(turnId))) await pause(20);
}

/** Reads the whole log and compares it with everything that was seen. The kernel may be about to come back. */
async function checkTalker({ conversationId, observed }: Talker, round: Round, turns: number): Promise<void> {
  const { dispatch, attack } = round;
  const path = `/conversations/${conversationId}`;
  const read = async (part: string) => {
    for (const deadline = performance.now() + PATIENCE_MS; performance.now() < deadline; await pause(50)) {
      const answer = await request(dispatch.httpUrl, 'GET', path + part).catch(() => undefined);
      if (answer?.status === 200) return answer.body;
    }
    throw new Error(`${path}${part} cannot be read`);
  };
  const { chunks } = await read('');
  for (const line of violations(observed, chunks, (await read('/metrics')).turns)) attack.violation(line);
  const { status } = await read('/status');
  if (status !== 'idle') attack.violation(`T3: ${conversationId} reads as ${status}`);
  attack.count('turns', turns);
  round.turnsDone(turns);
}
