import { type DispatchProcesses, request } from '@dispatch/tests-processes';
import type { Attack } from '../harness.ts';
import { violations } from '../kill/observations.ts';
import { createTalker } from '../kill/talker.ts';
import type { FakedClock } from './faked-clock.ts';
import { namedJumps, walk } from './jumps.ts';
import { absurdSpeeds, absurdTurns } from './sane-figures.ts';
import { watch } from './watcher.ts';

const WORDS = 30;
/** The model writes one every 25 ms or more and rests while its text is being stored: however busy the machine, so many never wait for one tick. */
const HELD_WORDS = 10;
/** The longest turn takes about a second. */
const PATIENCE_MS = 60_000;

export interface JumpingTurns {
  readonly dispatch: DispatchProcesses;
  readonly kernel: FakedClock;
  readonly gateway: FakedClock;
  /** How often the clocks are set. */
  readonly jumps: number;
}

/** People talk and watch while the clocks of kernel and gateway are set, together, one alone, or to different times. */
export async function turnsWhileClocksJump(
  { dispatch, kernel, gateway, jumps }: JumpingTurns,
  { random, count, violation }: Attack,
): Promise<void> {
  const began = performance.now();
  const talkers = ['demo/writer', 'demo/writer', 'demo/tools', 'demo/fast'].map((model) =>
    createTalker(dispatch.wsUrl, (index) => textFor(model, index), model),
  );
  const watchers = await Promise.all(
    talkers.map(({ conversationId }) => watch(dispatch.wsUrl, conversationId)),
  );
  let over = false;
  const talking = Promise.all(talkers.map((talker) => talker.talk(() => over)));
  const times = walk(random);
  for (let jump = 0; jump < jumps; jump += 1) {
    await pause(random.integer(150, 600));
    const { name, offsetMs } = times.next().value;
    const who = random.integer(0, 3);
    if (who !== 1) kernel.set(offsetMs);
    if (who !== 0) gateway.set(who === 3 ? times.next().value.offsetMs : offsetMs);
    count(name === 'small' ? 'small jumps' : 'clock jumps');
  }
  over = true;
  if (!(await settles(talking))) violation(`T1: a turn was not sealed ${PATIENCE_MS} ms after the last jump`);
  kernel.set(0);
  gateway.set(0);

  const longestMs = performance.now() - began;
  for (const [index, { conversationId, observed }] of talkers.entries()) {
    const path = `/conversations/${conversationId}`;
    const log = await request(dispatch.httpUrl, 'GET', path);
    const metrics = await request(dispatch.httpUrl, 'GET', `${path}/metrics`);
    for (const line of violations(observed, log.body.chunks, metrics.body.turns)) violation(line);
    for (const line of absurdTurns(metrics.body.turns, longestMs)) violation(line);
    for (const line of watchers[index]?.complaints(observed.seen) ?? []) violation(line);
    for (const [turnId, events] of observed.seen) {
      const reason = events.find(({ type }) => type === 'done')?.['reason'];
      if (reason !== 'stop') violation(`T14: ${turnId} ended with ${String(reason)} while clocks jumped`);
      const text = events.map((event) => (event.type === 'text-delta' ? event['delta'] : '')).join('');
      const words = wordsIn(text);
      if (index !== 2 && words !== WORDS) violation(`T1: ${turnId} has ${words} words instead of ${WORDS}`);
      const largest = Math.max(
        0,
        ...events.map((event) => (event.type === 'text-delta' ? wordsIn(event['delta']) : 0)),
      );
      if (index < 2 && largest > HELD_WORDS)
        violation(`T1: ${largest} words of ${turnId} were held back and came at once`);
      count('turns over jumps');
    }
    watchers[index]?.close();
  }
  for (const line of await absurdReports(dispatch.httpUrl, longestMs)) violation(line);
}

function wordsIn(text: unknown): number {
  return String(text).trim().split(/\s+/).length;
}

function textFor(model: string, index: number): string {
  return model === 'demo/tools'
    ? `What time is it, part ${index}?`
    : `Part ${index}, please. words: ${WORDS}`;
}

/** The reports of every day on which a clock stood. */
async function absurdReports(httpUrl: string, longestMs: number): Promise<readonly string[]> {
  const days = new Set(
    [0, ...namedJumps().map(({ offsetMs }) => offsetMs)].map((offsetMs) =>
      new Date(Date.now() + offsetMs).toISOString().slice(0, 10),
    ),
  );
  const reports = await Promise.all(
    [...days].map((day) => request(httpUrl, 'GET', `/metrics/throughput?period=day&date=${day}`)),
  );
  return reports.flatMap(({ status, body }) =>
    status === 200 ? absurdSpeeds(body.models, longestMs) : [`T1: a throughput report answers ${status}`],
  );
}

function settles(work: Promise<unknown>): Promise<boolean> {
  return Promise.race([work.then(() => true), pause(PATIENCE_MS).then(() => false)]);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
