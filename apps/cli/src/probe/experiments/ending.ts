import { experiment, type Judgement, notApplicable, type PromiseRow, unseen } from '../experiment.ts';
import { storedText } from '../history.ts';
import { chatTold } from '../told.ts';
import { endFault, kindsOf, reasonOf, shown, textOf } from '../turn-facts.ts';
import { type Ended, endTurn, saysSo } from './end-turn.ts';

const TOO_SOON = notApplicable('the turn was over too soon to end it; name a slower model');

/** Judges only where there was a turn to end. */
const ended =
  (judge: (seen: Ended) => Judgement) =>
  (seen: Ended): Judgement =>
    seen.wasRunning ? judge(seen) : TOO_SOON;

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
    judge: ({ next }) => {
      const hasBegun = next.head?.status === 200 && next.events.some(({ type }) => type === 'turn-start');
      return hasBegun ? undefined : chatTold(next);
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
    judge: ({ hasText, wasStreamed }) => {
      if (!hasText) return TOO_SOON;
      return wasStreamed ? undefined : 'the socket had much of the text before any came over HTTP';
    },
  },
];

const stopRows: readonly PromiseRow<Ended>[] = [
  {
    id: 'stop-1',
    says: 'Stopping ends the running turn: done with the reason aborted, then turn-sealed.',
    judge: ended((seen) => {
      // Where the stop before hit, which named another turn, this one found nothing any more.
      const isHit = seen.missed !== undefined && saysSo('stopped', false, seen.missed.answer) !== undefined;
      return (isHit ? undefined : saysSo('stopped', true, seen.answer)) ?? aborted(seen);
    }),
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
  observe: (session) => endTurn(session, 'close'),
  rows: closeRows,
});

export const stopping = experiment<Ended>({
  name: 'stopping',
  needsModel: true,
  observe: (session) => endTurn(session, 'stop'),
  rows: stopRows,
});
