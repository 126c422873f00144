import type { RawAnswer } from '../../raw-http.ts';
import { experiment, notApplicable } from '../experiment.ts';
import { saysSo } from '../experiments/end-turn.ts';
import { quickMessage, slowMessage } from '../messages.ts';
import type { ProbeEvent } from '../probe-socket.ts';
import { endFault, eventsOf, reasonOf, shown } from '../turn-facts.ts';
import { lookTold } from './warming-facts.ts';
import type { WarmingLook } from './warming-look.ts';
import { WarmingWatch } from './warming-watch.ts';

interface Seen {
  /** False: the turn was over before it could be closed. */
  readonly wasRunning: boolean;
  readonly closed: RawAnswer;
  readonly again: RawAnswer;
  readonly events: readonly ProbeEvent[];
  readonly before: WarmingLook | undefined;
  /** From the first that says off. */
  readonly behind: readonly WarmingLook[];
  /** To somebody who comes later. */
  readonly later: WarmingLook | undefined;
  /** Behind a further message. */
  readonly reopened: WarmingLook | undefined;
}

const SECONDS = 1;

/** A conversation that is kept warm is closed in the middle of an answer. */
export const closingWarm = experiment<Seen>({
  name: 'warming-close',
  needsModel: true,
  observe: async (session) => {
    const conversationId = session.conversation();
    const { quick, slow } = session.models;
    const path = `/conversations/${conversationId}/close`;
    await session.chat({ conversationId, message: quickMessage(), model: quick }).ended;
    const watch = await WarmingWatch.open(session, conversationId);
    const { socket } = watch;
    await watch.switchOn(SECONDS);
    await watch.until(({ lastWarmAt }) => typeof lastWarmAt === 'number');
    await socket.watch(conversationId);
    const chat = session.chat({ conversationId, message: slowMessage(), model: slow });
    const hasText = await socket.hasText(conversationId, 5);
    await socket.settle();
    const before = watch.last;
    const wasRunning = hasText && !socket.isSealed(conversationId);
    const from = socket.frames.length;
    const closed = await session.ask('POST', path);
    await socket.sealed(conversationId);
    const off = await watch.until(({ on }) => on === false, from);
    await chat.ended;
    const again = await session.ask('POST', path);
    await session.pause(2.2 * SECONDS * 1_000);
    const late = await WarmingWatch.open(session, conversationId);
    const behind = off === undefined ? [] : watch.since(off.at);
    const { last: later } = late;
    const events = eventsOf(socket.deltas(conversationId));
    await session.chat({ conversationId, message: quickMessage(), model: quick }).ended;
    await session.pause(1.2 * SECONDS * 1_000);
    await late.socket.settle();
    const { last: reopened } = late;
    await late.restore();
    return { wasRunning, closed, again, events, before, behind, later, reopened };
  },
  rows: [
    {
      id: 'T5-5',
      says: 'Closing a conversation that is kept warm ends its turn: done aborted, turn-sealed.',
      judge: ({ wasRunning, closed, events }) => {
        if (!wasRunning) return notApplicable('the turn was over too soon to close it; name a slower model');
        const reason = reasonOf(events);
        return (
          saysSo('abortedTurn', true, closed) ??
          (reason === 'aborted' ? endFault(events) : `it ended with the reason ${shown(reason ?? 'none')}`)
        );
      },
    },
    {
      id: 'C1-2',
      says: 'Closed a second time, abortedTurn is false.',
      judge: ({ again }) => saysSo('abortedTurn', false, again),
    },
    {
      id: 'W6-1',
      says: 'Closing is told by an update: off, and no time.',
      judge: ({ behind: [first] }) => {
        if (first === undefined) return 'no update told that it is off';
        return first.nextWarmAt === null ? undefined : lookTold(first);
      },
    },
    {
      id: 'W6-2',
      says: 'Behind the close nothing is warmed, and no time is told.',
      judge: ({ before, behind, later }) => {
        const all = [...behind, ...(later === undefined ? [] : [later])];
        if (later === undefined) return 'nothing was told';
        const [first = before] = behind;
        const wrong = all.find(
          ({ on, nextWarmAt, lastWarmAt }) =>
            on !== false || nextWarmAt !== null || lastWarmAt !== first?.lastWarmAt,
        );
        return wrong === undefined ? undefined : `it was ${lookTold(first)}, then ${lookTold(wrong)}`;
      },
    },
    {
      id: 'W6-3',
      says: 'A message to the closed conversation does not switch its warming on again.',
      judge: ({ later, reopened }) => {
        const { on, nextWarmAt, lastWarmAt } = reopened ?? {};
        return on === false && nextWarmAt === null && lastWarmAt === later?.lastWarmAt
          ? undefined
          : lookTold(reopened);
      },
    },
  ],
});
