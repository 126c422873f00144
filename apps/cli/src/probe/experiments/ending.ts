import { fieldsOf, type RawAnswer } from '../../raw-http.ts';
import { experiment, type Judgement, notApplicable, type PromiseRow, unseen } from '../experiment.ts';
import { type Log, readLog, readStatus, storedText } from '../history.ts';
import { quickMessage, slowMessage } from '../messages.ts';
import type { ProbeChat } from '../probe-chat.ts';
import type { ProbeSession } from '../probe-session.ts';
import type { ProbeDelta, ProbeEvent } from '../probe-socket.ts';
import { endFault, eventsOf, kindsOf, onceEach, reasonOf, shown, textOf } from '../turn-facts.ts';

/** What came of ending a turn from outside. */
interface Ended {
  /** False: the turn was over before it could be ended. */
  readonly wasRunning: boolean;
  /** A stop that named another turn, and what the conversation did then. Only where one was tried. */
  readonly missed: { readonly answer: RawAnswer; readonly status: unknown } | undefined;
  readonly answer: RawAnswer;
  readonly events: readonly ProbeEvent[];
  /** The same turn over HTTP, which started it. */
  readonly chat: ProbeChat;
  /** Whether HTTP had given text while the turn still ran. */
  readonly wasStreamed: boolean;
  readonly log: Log;
  readonly again: RawAnswer;
  readonly next: ProbeChat;
}

/** Pieces of text that may be under way when a turn ends. */
const A_FEW = 3;

const texts = (deltas: readonly ProbeDelta[]): number =>
  deltas.filter(({ event }) => event.type === 'text-delta').length;

const TOO_SOON = notApplicable('the turn was over too soon to end it; name a slower model');

async function end(session: ProbeSession, verb: 'close' | 'stop'): Promise<Ended> {
  const conversationId = session.conversation();
  const path = `/conversations/${conversationId}/${verb}`;
  const watcher = await session.open();
  await watcher.watch(conversationId);
  const { slow, quick } = session.models;
  const chat = session.chat({ conversationId, message: slowMessage(), model: slow });
  const hasText = await watcher.hasText(conversationId, 5);
  const wasStreamed = await textOverHttp(session, chat, () => watcher.isSealed(conversationId));
  const missed = verb === 'stop' ? await stopAnother(session, conversationId) : undefined;
  const isRunning = hasText && !watcher.isSealed(conversationId);
  const answer = await session.ask('POST', path);
  const textBefore = texts(watcher.deltas(conversationId));
  await watcher.sealed(conversationId);
  await watcher.settle();
  await Promise.race([chat.ended.catch(() => undefined), session.pause(1_000)]);
  const [log, again] = [await readLog(session, conversationId), await session.ask('POST', path)];
  const next = session.chat({ conversationId, message: quickMessage(), model: quick });
  await next.ended.catch(() => undefined);
  const turnId = watcher.deltas(conversationId)[0]?.event.turnId;
  const events = eventsOf(onceEach(watcher.deltas(conversationId, turnId)));
  // One that ended by itself just then is told as nothing to end; one that went on has more to say.
  const wentOn = texts(watcher.deltas(conversationId)) - textBefore > A_FEW;
  const wasRunning = isRunning && (reasonOf(events) === 'aborted' || wentOn);
  return { wasRunning, missed, answer, events, chat, wasStreamed, log, again, next };
}

async function textOverHttp(session: ProbeSession, chat: ProbeChat, isOver: () => boolean): Promise<boolean> {
  const deadline = session.now() + session.turnMs;
  const hasText = (): boolean => chat.events.some(({ type }) => type === 'text-delta');
  while (!hasText() && !isOver() && session.now() < deadline) await session.pause(20);
  return hasText() && !chat.isWhole;
}

async function stopAnother(session: ProbeSession, conversationId: string): Promise<Ended['missed']> {
  const body = JSON.stringify({ turnId: 'trn_probe_another' });
  const answer = await session.ask('POST', `/conversations/${conversationId}/stop`, { body });
  const { status } = await readStatus(session, conversationId);
  return { answer, status };
}

/** Judges only where there was a turn to end. */
const ended =
  (judge: (seen: Ended) => Judgement) =>
  (seen: Ended): Judgement =>
    seen.wasRunning ? judge(seen) : TOO_SOON;

const saysSo = (field: string, value: boolean, { json, status, text }: RawAnswer): Judgement =>
  status === 200 && fieldsOf(json)?.[field] === value ? undefined : `${status}: ${shown(text)}`;

const aborted = ({ events }: Ended): Judgement => {
  const reason = reasonOf(events);
  if (reason !== 'aborted')
    return `it ended as ${kindsOf(events)}, with the reason ${shown(reason ?? 'none')}`;
  return endFault(events);
};

const storedAsStreamed = ({ events, log }: Ended): Judgement => {
  const [streamed, stored] = [textOf(events), storedText(log.rows, 'assistant')];
  if (log.rows.length === 0) return unseen('nothing is in the log');
  return streamed === stored
    ? undefined
    : `${streamed.length} characters were streamed, ${stored.length} are stored`;
};

const closeRows: readonly PromiseRow<Ended>[] = [
  {
    id: 'T5-1',
    says: 'Closing a conversation during a turn ends the turn: done with the reason aborted, then turn-sealed.',
    judge: ended((seen) => saysSo('abortedTurn', true, seen.answer) ?? aborted(seen)),
  },
  {
    id: 'T5-2',
    says: 'What is stored of a turn that was closed is what was streamed of it.',
    judge: ended(storedAsStreamed),
  },
  {
    id: 'T5-3',
    says: 'Closing what is idle is harmless: 200, and abortedTurn is false.',
    judge: ({ again }) => saysSo('abortedTurn', false, again),
  },
  {
    id: 'T5-4',
    says: 'Sending to a closed conversation opens it again.',
    judge: ({ next: { head, events } }) => {
      const hasBegun = head?.status === 200 && events.some(({ type }) => type === 'turn-start');
      return hasBegun ? undefined : `${head?.status}: ${kindsOf(events)}`;
    },
  },
  {
    id: 'T1-4',
    says: 'A turn that is closed has exactly one done, then exactly one turn-sealed, then nothing.',
    judge: ended(({ events }) => endFault(events)),
  },
  {
    id: 'A.3-14',
    says: 'The lines of POST /chat come as things happen, not when the turn is over.',
    judge: ended(({ wasStreamed }) => (wasStreamed ? undefined : 'no text came before the turn was ended')),
  },
];

const stopRows: readonly PromiseRow<Ended>[] = [
  {
    id: 'stop-1',
    says: 'Stopping ends the running turn: done with the reason aborted, then turn-sealed.',
    judge: ended((seen) => saysSo('stopped', true, seen.answer) ?? aborted(seen)),
  },
  {
    id: 'stop-2',
    says: 'A stop that names another turn stops nothing.',
    judge: ended(({ missed }) => {
      if (missed === undefined) return unseen('it was not tried');
      return (
        saysSo('stopped', false, missed.answer) ??
        (missed.status === 'active' ? undefined : `the conversation was ${shown(missed.status)} then`)
      );
    }),
  },
  {
    id: 'stop-3',
    says: 'Stopping where nothing runs answers 200, and stopped is false.',
    judge: ({ again }) => saysSo('stopped', false, again),
  },
  {
    id: 'C.3-10',
    says: 'What an aborted turn had streamed is stored, behind the message of the user.',
    judge: ended((seen) => {
      if (seen.log.rows[0]?.role !== 'user')
        return `the log begins with ${shown(seen.log.rows[0] ?? 'nothing')}`;
      return storedAsStreamed(seen);
    }),
  },
  {
    id: 'T1-3',
    says: 'A turn that is stopped has exactly one done, then exactly one turn-sealed, then nothing.',
    judge: ended(({ events }) => endFault(events)),
  },
];

export const closing = experiment<Ended>({
  name: 'closing',
  needsModel: true,
  observe: (session) => end(session, 'close'),
  rows: closeRows,
});

export const stopping = experiment<Ended>({
  name: 'stopping',
  needsModel: true,
  observe: (session) => end(session, 'stop'),
  rows: stopRows,
});
