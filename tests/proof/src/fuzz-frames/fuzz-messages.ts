import { type FrameSocket, openSocket } from '@dispatch/tests-processes';
import { type Coverage, createCoverage } from '../fuzz/coverage.ts';
import { inLanes } from '../fuzz/in-lanes.ts';
import type { Attack } from '../harness.ts';
import { type ApplicationFrame, applicationFrame, FRAME_TYPES, WRONG } from './application-frames.ts';
import { faultsOfAnswers } from './check-answers.ts';

const LANES = 4;
const BATCHES_PER_SOCKET = 6;
const BATCH = 32;
const ANSWER_MS = 15_000;
/** How often somebody leaves right behind a message. */
const LEAVING = 0.3;
/** More would be the same fault again and again. */
const MOST_FAULTS = 30;
/** Where a client may say it stopped: nowhere, somewhere, and what is no place. None keeps it out. */
const CURSORS: readonly string[] = [
  '',
  '?resume_from=0',
  '?resume_from=99999999999999999999',
  '?resume_from=-1',
  '?resume=',
  '?resume=.',
  '?resume=0.0',
  '?resume=%00.%00',
  '?resume=__proto__.1',
  '?resume=a.1&resume=b.2',
  '?resume=%E0%A4%A.1',
];

/** Sends right and wrong messages in batches over sockets of its own, and checks every answer. */
export async function fuzzMessages(
  wsUrl: string,
  isAlive: () => boolean,
  attack: Attack,
  frames: number,
): Promise<void> {
  const coverage = createCoverage();
  let faults = 0;
  const isOver = (): boolean => !isAlive() || faults >= MOST_FAULTS;
  const sockets = Math.ceil(frames / (BATCH * BATCHES_PER_SOCKET));
  await inLanes(LANES, sockets, isOver, async (index) => {
    const socket = await openSocket(`${wsUrl}/ws${attack.random.pick(CURSORS)}`);
    for (let batch = 0; batch < BATCHES_PER_SOCKET && !isOver(); batch += 1) {
      const found = await sendBatch(socket, `f${index}.${batch}`, attack, coverage);
      for (const fault of found) attack.violation(`U4: ${fault}`);
      faults += found.length;
      if (socket.socket.readyState !== socket.socket.OPEN) break;
    }
    socket.close();
  });
  const kinds = FRAME_TYPES.flatMap((type) => ['right', ...WRONG].map((what) => `${type}: ${what}`));
  coverage.check(kinds, frames / 1_000, attack);
}

async function sendBatch(
  socket: FrameSocket,
  mark: string,
  { random, count }: Attack,
  coverage: Coverage,
): Promise<readonly string[]> {
  const from = socket.frames.length;
  const sent = Array.from({ length: BATCH }, (_, index) =>
    applicationFrame(random, `${mark}.${index}`),
  ).flatMap((frame) => (random.chance(LEAVING) ? withLeaving(frame) : [frame]));
  for (const { text, kind, expected } of sent) {
    socket.sendText(text);
    count('messages');
    coverage.hit(kind);
    if (expected.outcome === 'accepted') count('right messages');
  }
  const barrier: ApplicationFrame = {
    text: JSON.stringify({ type: 'ping', id: `${mark}.end` }),
    kind: 'ping: barrier',
    expected: { outcome: 'accepted', frame: { type: 'ping', id: `${mark}.end` } },
  };
  socket.sendText(barrier.text);
  const all = [...sent, barrier];
  const answered = await waitForAnswers(socket, from, all);
  const faults = [...faultsOfAnswers(all, socket.frames.slice(from))];
  if (socket.socket.readyState !== socket.socket.OPEN) faults.push(`the socket was closed: ${byeOf(socket)}`);
  else if (!answered) faults.push(`not all of a batch was answered within ${ANSWER_MS} ms`);
  faults.push(...(await faultsOfTurns(socket, sent, count)));
  return faults;
}

/** What the gateway said before it closed. */
function byeOf({ frames }: FrameSocket): string {
  return JSON.stringify(frames.findLast(({ type }) => type === 'bye') ?? 'without a word');
}

/** A message, and behind it the wish not to watch its conversation any more. */
function withLeaving(frame: ApplicationFrame): readonly ApplicationFrame[] {
  const { expected } = frame;
  if (expected.outcome !== 'accepted' || expected.frame.type !== 'chat.send') return [frame];
  const { conversationId } = expected.frame;
  if (conversationId === undefined) return [frame];
  const leaving = { type: 'chat.unsubscribe', conversationId } as const;
  const right = { outcome: 'accepted', frame: leaving } as const;
  return [frame, { text: JSON.stringify(leaving), kind: 'chat.unsubscribe: right', expected: right }];
}

/** Waits until as many answers came as are due; wrong ones are found afterwards. */
async function waitForAnswers(
  socket: FrameSocket,
  from: number,
  sent: readonly ApplicationFrame[],
): Promise<boolean> {
  const due = sent.filter(
    ({ expected }) => expected.outcome === 'refused' || expected.frame.id !== undefined,
  ).length;
  for (const deadline = performance.now() + ANSWER_MS; performance.now() < deadline; ) {
    const answers = socket.frames.slice(from).filter(({ type }) => type === 'ack' || /error$/.test(type));
    if (answers.length >= due) return true;
    if (socket.socket.readyState !== socket.socket.OPEN) return false;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return false;
}

/** Every message that was accepted is told back as it was sent, and its turn is sealed. */
async function faultsOfTurns(
  socket: FrameSocket,
  sent: readonly ApplicationFrame[],
  count: Attack['count'],
): Promise<readonly string[]> {
  const faults: string[] = [];
  const left = new Set(
    sent.flatMap(({ expected }) =>
      expected.outcome === 'accepted' && expected.frame.type === 'chat.unsubscribe'
        ? [expected.frame.conversationId]
        : [],
    ),
  );
  for (const { text, expected } of sent) {
    if (expected.outcome !== 'accepted' || expected.frame.type !== 'chat.send') continue;
    const { message, id, conversationId } = expected.frame;
    // Whoever left sees nothing of it; the answer to the message was checked.
    if (conversationId !== undefined && left.has(conversationId)) continue;
    if (socket.frames.some((frame) => frame.type === 'chat.error' && frame['id'] === id && id !== undefined))
      continue;
    const isIt = (event: { readonly type: string; readonly [field: string]: unknown }): boolean =>
      event.type === 'user-message' && event['text'] === message;
    try {
      const { event } = await socket.frame(
        'user-message',
        (frame) => frame.type === 'chat.delta' && isIt(frame['event'] as never),
        ANSWER_MS,
      );
      await socket.sealed(String((event as Record<string, unknown>)['turnId']), ANSWER_MS);
      count('turns of messages');
    } catch (error) {
      faults.push(`${error instanceof Error ? error.message : String(error)} of ${text.slice(0, 300)}`);
    }
  }
  return faults;
}
