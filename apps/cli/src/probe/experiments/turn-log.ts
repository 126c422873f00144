import { isDeepStrictEqual } from 'node:util';
import { notApplicable, type PromiseRow, unseen } from '../experiment.ts';
import { seqFault } from '../history.ts';
import { shown } from '../turn-facts.ts';
import { alone, BEYOND, type TwoTurns } from './whole-turn.ts';

const TOO_SOON = notApplicable(
  'the turn was over too soon to read the log while it ran; name a slower model',
);

/** The conversation log: what is in it, when, and under which numbers. */
export const turnLog: readonly PromiseRow<TwoTurns>[] = [
  {
    id: 'D1',
    says: 'A message that was acknowledged is in the log, as it was sent.',
    judge: ({ answer, atSeal, message }) => {
      if (answer?.type !== 'ack') return unseen('the message was not acknowledged');
      const [first] = atSeal.rows;
      const isThere = first?.role === 'user' && first.chunk['text'] === message;
      return isThere ? undefined : `the log begins with ${shown(first ?? 'nothing')}`;
    },
  },
  {
    id: 'A.4-1',
    says: 'sinceSeq gives exactly the rows above it, ascending.',
    judge: ({ atSeal, second: { log, since } }) => {
      const above = log.rows.filter(({ seq }) => Number(seq) > Number(atSeal.latestSeq));
      return isDeepStrictEqual(since.rows, above)
        ? undefined
        : `${since.rows.length} rows instead of ${above.length}`;
    },
  },
  {
    id: 'A.4-2',
    says: 'A read never repairs: a tool call without result is returned as it is.',
    judge: () => notApplicable('a client cannot make such a call'),
  },
  {
    id: 'A.4-3',
    says: 'latestSeq is the seq of the last row that is returned.',
    judge: ({ second: { log, since } }) => {
      const other = [log, since].find(({ rows, latestSeq }) => rows.at(-1)?.seq !== latestSeq);
      if (other === undefined) return undefined;
      return `it is ${shown(other.latestSeq)}, the last row has ${shown(other.rows.at(-1)?.seq ?? 'none')}`;
    },
  },
  {
    id: 'A.4-4',
    says: 'Where nothing is returned, latestSeq is the sinceSeq that was asked for.',
    judge: ({ second: { head, atHead, beyond } }) => {
      if (atHead.latestSeq !== head) return `at the head it is ${shown(atHead.latestSeq)}`;
      return beyond.latestSeq === BEYOND ? undefined : `beyond the head it is ${shown(beyond.latestSeq)}`;
    },
  },
  {
    id: 'A.4-5',
    says: 'A sinceSeq at or past the head answers 200 with no rows, never with an error.',
    judge: ({ second: { atHead, beyond } }) => {
      const odd = [atHead, beyond].find(({ status, rows }) => status !== 200 || rows.length > 0);
      return odd === undefined ? undefined : `${odd.status} with ${odd.rows.length} rows`;
    },
  },
  {
    id: 'A.4-6',
    says: 'A turn appears in the log when it is sealed: a read while it runs shows nothing of it.',
    judge: ({ midway }) => {
      if (midway === undefined) return TOO_SOON;
      const { length } = midway.log.rows;
      if (length === 0) return undefined;
      return midway.wasRunning ? `${length} rows were there` : TOO_SOON;
    },
  },
  {
    id: 'C.5-1',
    says: 'seq starts at 1 and has no gaps, in the order in which the turns were stored.',
    judge: ({ turnId, second }) => {
      const fault = seqFault(second.log.rows);
      if (fault !== undefined) return fault;
      const turns: readonly unknown[] = second.log.rows.map((row) => row.turnId);
      const firstOfSecond = turns.indexOf(second.turnId);
      // Before wire 0.7 rows do not name their turn.
      if (second.turnId === undefined || firstOfSecond < 0) return undefined;
      return turns.lastIndexOf(turnId) < firstOfSecond ? undefined : 'rows of the two turns are mixed';
    },
  },
  {
    id: 'C.5-2',
    says: 'seq is given when a turn is sealed: while it runs, latestSeq does not move.',
    judge: ({ midway }) => {
      if (midway === undefined) return TOO_SOON;
      const { latestSeq } = midway.log;
      if (latestSeq === 0) return undefined;
      return midway.wasRunning ? `it was ${shown(latestSeq)}` : TOO_SOON;
    },
  },
  {
    id: 'C.5-3',
    says: 'The log only grows: rows that were read once never change.',
    judge: ({ atSeal, second: { log } }) => {
      const at = atSeal.rows.findIndex((row, index) => !isDeepStrictEqual(row, log.rows[index]));
      return at < 0 ? undefined : `row ${at + 1} became ${shown(log.rows[at] ?? 'nothing')}`;
    },
  },
  {
    id: 'C.5-4',
    says: 'Missing tool results are made up only in what a model is shown, never in the log.',
    judge: () => notApplicable('a client cannot make a call without result'),
  },
  {
    id: 'A.5-1',
    says: 'There is one entry of figures per sealed turn, in the order of the turns.',
    judge: alone(({ turnId, second }) => {
      const ids = second.metrics.map((entry) => entry['turnId']);
      return isDeepStrictEqual(ids, [turnId, second.turnId]) ? undefined : shown(ids);
    }),
  },
];
