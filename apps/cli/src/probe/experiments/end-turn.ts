import { fieldsOf, type RawAnswer } from '../../raw-http.ts';
import type { Judgement } from '../experiment.ts';
import { type Log, readLog, readStatus } from '../history.ts';
import { quickMessage, slowMessage } from '../messages.ts';
import type { ProbeChat } from '../probe-chat.ts';
import type { ProbeSession } from '../probe-session.ts';
import type { ProbeDelta, ProbeEvent } from '../probe-socket.ts';
import { eventsOf, onceEach, reasonOf, shown, turnIdOf } from '../turn-facts.ts';

/** What came of ending a turn from outside. */
export interface Ended {
  /** False: the turn was over before it could be ended. */
  readonly wasRunning: boolean;
  /** A stop that named another turn, and what the conversation did then. Only where one was tried. */
  readonly missed: { readonly answer: RawAnswer; readonly status: unknown } | undefined;
  readonly answer: RawAnswer;
  readonly events: readonly ProbeEvent[];
  /** The same turn over HTTP, which started it. */
  readonly chat: ProbeChat;
  /** Whether the socket saw text while the turn ran, and whether HTTP had given any by then. */
  readonly hasText: boolean;
  readonly wasStreamed: boolean;
  readonly log: Log;
  readonly again: RawAnswer;
  readonly next: ProbeChat;
}

/** Pieces of text behind which the first one must have come over HTTP, too. */
const FAR_INTO_IT = 40;
/** Pieces of text that may be under way when a turn ends, for gateways that do not tell what runs. */
const A_FEW = 10;

const texts = (deltas: readonly ProbeDelta[]): number =>
  deltas.filter(({ event }) => event.type === 'text-delta').length;

/** Ends a slow turn from outside, in one of two ways, and looks at what is left. */
export async function endTurn(session: ProbeSession, verb: 'close' | 'stop'): Promise<Ended> {
  const conversationId = session.conversation();
  const path = `/conversations/${conversationId}/${verb}`;
  const watcher = await session.open();
  await watcher.watch(conversationId);
  const { slow, quick } = session.models;
  const chat = session.chat({ conversationId, message: slowMessage(), model: slow });
  const hasText = await watcher.hasText(conversationId, 5);
  const isFar = (): boolean =>
    watcher.isSealed(conversationId) || texts(watcher.deltas(conversationId)) > FAR_INTO_IT;
  const wasStreamed = await textOverHttp(session, chat, isFar);
  const isRunning = hasText && !watcher.isSealed(conversationId);
  const missed = verb === 'stop' ? await stopAnother(session, conversationId) : undefined;
  const answer = await session.ask('POST', path);
  const textBefore = texts(watcher.deltas(conversationId));
  const { status } = await readStatus(session, conversationId);
  await watcher.sealed(conversationId);
  await watcher.settle();
  await Promise.race([chat.ended, session.pause(1_000)]);
  const [log, again] = [await readLog(session, conversationId), await session.ask('POST', path)];
  const next = session.chat({ conversationId, message: quickMessage(), model: quick });
  await next.ended;
  const turnId = turnIdOf(watcher.deltas(conversationId));
  const events = eventsOf(onceEach(watcher.deltas(conversationId, turnId)));
  // One that ended by itself just then is told as nothing to end; one that went on has more to say.
  const more = texts(watcher.deltas(conversationId)) - textBefore;
  const wentOn = status === null ? more > A_FEW : status === 'active';
  const wasEnded =
    reasonOf(events) === 'aborted' ||
    saysSo(verb === 'close' ? 'abortedTurn' : 'stopped', true, answer) === undefined;
  const wasRunning = isRunning && (wasEnded || wentOn);
  return { wasRunning, missed, answer, events, chat, hasText, wasStreamed, log, again, next };
}

async function textOverHttp(session: ProbeSession, chat: ProbeChat, isFar: () => boolean): Promise<boolean> {
  const deadline = session.now() + session.turnMs;
  const hasText = (): boolean => chat.events.some(({ type }) => type === 'text-delta');
  while (!hasText() && !isFar() && session.now() < deadline) await session.pause(20);
  return hasText() && !chat.isWhole;
}

async function stopAnother(session: ProbeSession, conversationId: string): Promise<Ended['missed']> {
  const body = JSON.stringify({ turnId: 'trn_probe_another' });
  const answer = await session.ask('POST', `/conversations/${conversationId}/stop`, { body });
  const { status } = await readStatus(session, conversationId);
  return { answer, status };
}

/** What an answer says instead of this. */
export const saysSo = (field: string, value: boolean, { json, status, text }: RawAnswer): Judgement =>
  status === 200 && fieldsOf(json)?.[field] === value ? undefined : `${status}: ${shown(text)}`;
