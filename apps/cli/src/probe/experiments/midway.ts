import { type Log, readLog, readStatus } from '../history.ts';
import { quickMessage } from '../messages.ts';
import type { ProbeChat } from '../probe-chat.ts';
import type { ProbeSession } from '../probe-session.ts';
import type { ProbeFrame, ProbeSocket } from '../probe-socket.ts';

/** What was done while a turn ran, and what came of it. */
export interface Midway {
  readonly log: Log;
  readonly status: { readonly status: unknown; readonly turnId: unknown };
  /** Sockets that began to watch one after the other. */
  readonly joiners: readonly ProbeSocket[];
  /** A socket that asked to watch twice. */
  readonly twice: ProbeSocket;
  /** A socket that watched, stopped and watched again. */
  readonly again: ProbeSocket;
  /** How many frames `again` had when it asked for the second time. */
  readonly againFrom: number;
  /** A socket that sent a message of its own to the busy conversation. */
  readonly rival: { readonly socket: ProbeSocket; readonly answer: ProbeFrame | undefined };
  /** The same over HTTP. */
  readonly rivalChat: ProbeChat;
  /** Whether the turn still ran when the last of these was done. */
  readonly wasRunning: boolean;
}

export interface RunningTurn {
  readonly conversationId: string;
  readonly turnId: unknown;
  /** Watches since before it began. */
  readonly early: ProbeSocket;
}

/** Pieces of text behind which a turn is taken to have run on. */
const FURTHER_PIECES = 2;

/** When each further watcher comes, in milliseconds from the first. */
const JOIN_AT_MS = [0, 90, 210, 370, 560];

export async function observeMidway(session: ProbeSession, turn: RunningTurn): Promise<Midway> {
  const { conversationId, turnId, early } = turn;
  const [log, status, joiners, twice, again, rival, rivalChat] = await Promise.all([
    readLog(session, conversationId),
    readStatus(session, conversationId),
    Promise.all(JOIN_AT_MS.map((ms) => join(session, conversationId, ms))),
    watchTwice(session, conversationId),
    watchAgain(session, conversationId),
    sendToo(session, conversationId),
    chatToo(session, conversationId),
  ]);
  // All of it was dealt with by now, so it was while the turn ran if that still goes on.
  const pieces = early
    .deltas(conversationId, turnId)
    .filter(({ event }) => event.type === 'text-delta').length;
  const wasRunning = await early.hasText(conversationId, pieces + FURTHER_PIECES);
  return { log, status, joiners, twice, ...again, rival, rivalChat, wasRunning };
}

async function join(session: ProbeSession, conversationId: string, ms: number): Promise<ProbeSocket> {
  const socket = await session.open();
  await session.pause(ms);
  await socket.watch(conversationId, {}, socket.nextId('late'));
  return socket;
}

async function watchTwice(session: ProbeSession, conversationId: string): Promise<ProbeSocket> {
  const socket = await session.open();
  await socket.watch(conversationId);
  await socket.watch(conversationId);
  return socket;
}

async function watchAgain(
  session: ProbeSession,
  conversationId: string,
): Promise<Pick<Midway, 'again' | 'againFrom'>> {
  const again = await session.open();
  await again.watch(conversationId);
  again.send({ type: 'chat.unsubscribe', conversationId });
  await again.settle();
  const againFrom = again.frames.length;
  await again.watch(conversationId);
  return { again, againFrom };
}

async function sendToo(session: ProbeSession, conversationId: string): Promise<Midway['rival']> {
  const socket = await session.open();
  const id = socket.nextId();
  const message = quickMessage(' A rival.');
  socket.send({ type: 'chat.send', id, conversationId, message, model: session.models.quick });
  const isAnswer = (frame: ProbeFrame): boolean =>
    frame.type === 'chat.error' || (frame.type === 'ack' && frame['id'] === id);
  return { socket, answer: await socket.frame(isAnswer) };
}

async function chatToo(session: ProbeSession, conversationId: string): Promise<ProbeChat> {
  const chat = session.chat({
    conversationId,
    message: quickMessage(' Another rival.'),
    model: session.models.quick,
  });
  await chat.ended;
  return chat;
}
