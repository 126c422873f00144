import { type Judgement, notApplicable } from '../experiment.ts';
import { type Log, readLog, readMetrics, readStatus } from '../history.ts';
import { quickMessage, slowMessage } from '../messages.ts';
import type { ProbeChat } from '../probe-chat.ts';
import type { ProbeSession } from '../probe-session.ts';
import type { ProbeEvent, ProbeFrame, ProbeSocket } from '../probe-socket.ts';
import { eventsOf, onceEach, turnIdOf } from '../turn-facts.ts';
import { type Midway, observeMidway } from './midway.ts';

/** Everything that was seen of a conversation of two turns. */
export interface TwoTurns {
  readonly conversationId: string;
  /** Of the first turn, as it was told first. */
  readonly turnId: unknown;
  /** What was sent, spaces included. */
  readonly message: string;
  /** Watches from before the first turn to behind the second, and never asks again. */
  readonly early: ProbeSocket;
  /** Sent the first message, and never asked to watch. */
  readonly sender: ProbeSocket;
  readonly answer: ProbeFrame | undefined;
  /** What was done while the first turn ran. Undefined: it was over too soon. */
  readonly midway: Midway | undefined;
  /** Read as soon as `early` saw the first turn sealed. */
  readonly atSeal: Log;
  readonly metricsAtSeal: readonly Readonly<Record<string, unknown>>[];
  readonly statusAtSeal: unknown;
  readonly second: SecondTurn;
}

/** The quick turn behind it, sent over HTTP. */
export interface SecondTurn {
  /** Without the spaces that were sent around it. */
  readonly message: string;
  readonly chat: ProbeChat;
  readonly turnId: unknown;
  readonly log: Log;
  readonly metrics: readonly Readonly<Record<string, unknown>>[];
  /** Read with the end of the first turn as `sinceSeq`. */
  readonly since: Log;
  /** `seq` of the newest row. */
  readonly head: number;
  /** Read with that, and with one far beyond it. */
  readonly atHead: Log;
  readonly beyond: Log;
}

/** Far beyond any log. */
export const BEYOND = 1_000_000_000;

/** A slow turn sent over a socket with much happening around it, then a quick one over HTTP. */
export async function observeTwoTurns(session: ProbeSession): Promise<TwoTurns> {
  const conversationId = session.conversation();
  const [early, sender] = await Promise.all([session.open(), session.open()]);
  await early.watch(conversationId);
  const message = `  ${slowMessage(160)}  `;
  const id = sender.nextId();
  sender.send({ type: 'chat.send', id, conversationId, message, model: session.models.slow });
  const answering = sender.answer(id);
  const isUnderWay = await early.hasText(conversationId, 3);
  const turnId = turnIdOf(early.deltas(conversationId));
  const midway = isUnderWay ? await observeMidway(session, { conversationId, turnId, early }) : undefined;
  await early.sealed(conversationId, turnId);
  const [atSeal, metricsAtSeal, { status: statusAtSeal }] = await Promise.all([
    readLog(session, conversationId),
    readMetrics(session, conversationId),
    readStatus(session, conversationId),
  ]);
  const others =
    midway === undefined ? [] : [...midway.joiners, midway.twice, midway.again, midway.rival.socket];
  await Promise.all([sender, ...others].map((socket) => socket.sealed(conversationId, turnId)));
  await quiet(session, conversationId);
  const second = await observeSecond(session, { conversationId, early, atSeal });
  const answer = await answering;
  return {
    conversationId,
    turnId,
    message,
    early,
    sender,
    answer,
    midway,
    atSeal,
    metricsAtSeal,
    statusAtSeal,
    second,
  };
}

/** Resolves when no turn runs, also none of a rival that came when the first turn was just over. */
async function quiet(session: ProbeSession, conversationId: string): Promise<void> {
  const deadline = session.now() + session.turnMs;
  while ((await readStatus(session, conversationId)).status === 'active' && session.now() < deadline) {
    await session.pause(100);
  }
}

async function observeSecond(
  session: ProbeSession,
  { conversationId, early, atSeal }: Pick<TwoTurns, 'conversationId' | 'early' | 'atSeal'>,
): Promise<SecondTurn> {
  const message = quickMessage(' Again.');
  const chat = session.chat({ conversationId, message: `  ${message}  `, model: session.models.quick });
  await chat.ended;
  const turnId = chat.events[0]?.turnId;
  await early.sealed(conversationId, turnId);
  // Whatever is sent too much comes before the answer to this.
  await early.settle();
  const log = await readLog(session, conversationId);
  const head = Number(log.rows.at(-1)?.seq ?? 0);
  const read = (sinceSeq: unknown): Promise<Log> =>
    readLog(session, conversationId, `?sinceSeq=${Number(sinceSeq)}`);
  const [metrics, since, atHead, beyond] = await Promise.all([
    readMetrics(session, conversationId),
    read(atSeal.latestSeq),
    read(head),
    read(BEYOND),
  ]);
  return { message, chat, turnId, log, metrics, since, head, atHead, beyond };
}

/** The first turn, each of its events once, as the first watcher was told it. */
export const firstTurn = ({ early, conversationId, turnId }: TwoTurns): readonly ProbeEvent[] =>
  eventsOf(onceEach(early.deltas(conversationId, turnId)));

/** Judges what only holds while there are two turns: a rival that came when the first was just over has started another. */
export const alone =
  (judge: (seen: TwoTurns) => Judgement) =>
  (seen: TwoTurns): Judgement => {
    const judgement = judge(seen);
    if (judgement === undefined || seen.midway === undefined || seen.midway.wasRunning) return judgement;
    return notApplicable('the turn was over too soon; name a slower model');
  };
