import { type NotApplicable, notApplicable, type PromiseRow, unseen } from '../experiment.ts';
import type { ProbeSocket } from '../probe-socket.ts';
import { difference, eventsOf, kindsOf, shown } from '../turn-facts.ts';
import type { Midway } from './midway.ts';
import type { TwoTurns } from './whole-turn.ts';

const TOO_SOON = notApplicable('the turn was over too soon to try; name a slower model');

/** Judges what was done during the first turn. */
const during =
  (judge: (midway: Midway, seen: TwoTurns) => ReturnType<PromiseRow<TwoTurns>['judge']>) =>
  (seen: TwoTurns): ReturnType<typeof judge> | NotApplicable => {
    if (seen.midway === undefined) return TOO_SOON;
    const judgement = judge(seen.midway, seen);
    // What came out wrong behind the turn's end says nothing.
    return judgement !== undefined && !seen.midway.wasRunning ? TOO_SOON : judgement;
  };

const told = (socket: ProbeSocket, { conversationId, turnId }: TwoTurns) =>
  eventsOf(socket.deltas(conversationId, turnId));

/** How a socket's telling of the first turn differs from the first watcher's. */
const unlike = (socket: ProbeSocket, seen: TwoTurns): string | undefined =>
  difference(told(socket, seen), told(seen.early, seen), ['there', 'at the first watcher']);

/** Who gets a turn, from where on, and who is refused meanwhile. */
export const turnWatching: readonly PromiseRow<TwoTurns>[] = [
  {
    id: 'ack',
    says: 'A chat.send with an id is acknowledged under that id, with its conversation and its turn.',
    judge: ({ answer, conversationId, turnId }) => {
      if (answer === undefined) return 'no answer came';
      const isRight = answer.type === 'ack' && answer['conversationId'] === conversationId;
      return isRight && answer['turnId'] === turnId ? undefined : shown(answer);
    },
  },
  {
    id: 'B.3-5',
    says: 'The events of a conversation keep their order, and every socket gets the same ones.',
    judge: (seen) => unlike(seen.sender, seen),
  },
  {
    id: 'B.4-1b',
    says: 'A message sent over the socket is kept as it was typed, spaces included.',
    judge: ({ early, conversationId, turnId, message }) => {
      const [first] = early.deltas(conversationId, turnId);
      if (first?.event.type !== 'user-message') return unseen('no user-message came first');
      return first.event['text'] === message ? undefined : shown(first.event['text']);
    },
  },
  {
    id: 'B.4-3',
    says: 'The socket that sends a message sees its turn from the very first event, without asking to watch.',
    judge: (seen) => {
      const events = told(seen.sender, seen);
      return events[0]?.type === 'user-message' ? undefined : `it saw ${kindsOf(events)}`;
    },
  },
  {
    id: 'B.4-4a',
    says: 'A chat.send while a turn runs is refused by chat.error with its conversationId and the code turn-running.',
    judge: during(({ rival: { answer } }, { conversationId }) => {
      const isRight = answer?.type === 'chat.error' && answer['conversationId'] === conversationId;
      return isRight && answer['code'] === 'turn-running' ? undefined : shown(answer ?? 'no answer');
    }),
  },
  {
    id: 'B.4-4b',
    says: 'A socket refused like that gets the running turn all the same: first what there is of it, then the rest.',
    judge: during(({ rival: { socket, answer } }, seen) => {
      if (answer === undefined) return unseen('no answer came');
      const [first] = socket.deltas(seen.conversationId, seen.turnId);
      if (first === undefined || first.at > socket.frames.indexOf(answer))
        return 'nothing came before the refusal';
      return unlike(socket, seen);
    }),
  },
  {
    id: 'B.4-7',
    says: 'Whoever begins to watch during a turn gets it from its first event on, in plain chat.delta frames.',
    judge: during(({ joiners }, seen) => {
      const late = joiners.find((socket) => told(socket, seen)[0]?.type !== 'user-message');
      return late === undefined ? undefined : `one got ${kindsOf(told(late, seen))}`;
    }),
  },
  {
    id: 'R9',
    says: 'Nothing falls between what is replayed to a late watcher and what comes live, and nothing comes twice.',
    judge: during(({ joiners }, seen) => {
      for (const socket of joiners) {
        const fault = unlike(socket, seen);
        if (fault !== undefined && told(socket, seen).length > 0) return fault;
      }
      return undefined;
    }),
  },
  {
    id: 'B.4-9a',
    says: 'Watching twice on one socket changes nothing: there is no second replay.',
    judge: during(({ twice }, seen) => {
      const beginnings = (socket: ProbeSocket): number =>
        told(socket, seen).filter(({ type }) => type === 'user-message').length;
      return beginnings(twice) > beginnings(seen.early) ? 'the turn began twice' : undefined;
    }),
  },
  {
    id: 'B.4-9b',
    says: 'Whoever stops watching and begins again gets the running turn from its first event once more.',
    judge: during(({ again, againFrom }, seen) => {
      const [first] = again
        .deltas(seen.conversationId, seen.turnId)
        .filter(({ at }) => at >= againFrom)
        .map(({ event }) => event);
      return first?.type === 'user-message' ? undefined : `it began with ${first?.type ?? 'nothing'}`;
    }),
  },
  {
    id: 'B.4-10',
    says: 'Watching outlives a turn: the next turn of the conversation arrives without asking again.',
    judge: ({ early, conversationId, second }) =>
      early.deltas(conversationId, second.turnId).length > 0 ? undefined : 'nothing of the next turn came',
  },
  {
    id: 'B.4-12',
    says: 'Any number of sockets may watch one conversation.',
    judge: during(({ joiners, twice, again, rival }, seen) => {
      const all = [seen.early, seen.sender, ...joiners, twice, again, rival.socket];
      const silent = all.filter((socket) => told(socket, seen).length === 0).length;
      return silent === 0 ? undefined : `${silent} of ${all.length} got nothing`;
    }),
  },
  {
    id: 'B.4-13',
    says: 'Events carry no seq: only what is stored has one.',
    judge: ({ early, conversationId }) => {
      const odd = early.deltas(conversationId).find(({ event, frame }) => 'seq' in event || 'seq' in frame);
      return odd === undefined ? undefined : shown(odd.frame);
    },
  },
  {
    id: 'status',
    says: 'GET /conversations/:id/status names the running turn while it runs, and is idle once it is sealed.',
    judge: during(({ status }, { turnId, statusAtSeal, early, conversationId }) => {
      if (status.status !== 'active' || status.turnId !== turnId) return `while it ran: ${shown(status)}`;
      if (!early.isSealed(conversationId, turnId)) return unseen('turn-sealed never came');
      return statusAtSeal === 'idle' ? undefined : `when it was sealed: ${shown(statusAtSeal)}`;
    }),
  },
];
