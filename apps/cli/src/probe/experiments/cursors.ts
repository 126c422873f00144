import { experiment, type Judgement, unseen } from '../experiment.ts';
import { quickMessage } from '../messages.ts';
import type { ProbeSession } from '../probe-session.ts';
import type { ProbeDelta, ProbeFrame, ProbeSocket } from '../probe-socket.ts';
import { difference, eventsOf, kindsOf, onceEach, shown, turnIdOf } from '../turn-facts.ts';

interface Seen {
  /** The turn as its sender was told it. */
  readonly whole: readonly ProbeDelta[];
  readonly withoutCursor: readonly ProbeDelta[];
  readonly fromStart: readonly ProbeDelta[];
  /** Asked for with `after: middle`. */
  readonly middle: number;
  readonly fromMiddle: readonly ProbeDelta[];
  readonly ahead: ProbeFrame | undefined;
}

/** Asking for a turn, or the rest of it, once it is over. */
export const cursors = experiment<Seen>({
  name: 'cursors',
  needsModel: true,
  observe: async (session) => {
    const conversationId = session.conversation();
    const sender = await session.open();
    await sender.watch(conversationId);
    sender.send({ type: 'chat.send', conversationId, message: quickMessage(), model: session.models.quick });
    await sender.sealed(conversationId);
    const turnId = turnIdOf(sender.deltas(conversationId));
    const whole = onceEach(sender.deltas(conversationId, turnId));
    const middle = Math.floor(whole.length / 2);
    const ask = async (cursor: object): Promise<ProbeSocket> =>
      await watching(session, conversationId, cursor);
    const [plain, start, rest, beyond] = await Promise.all([
      ask({}),
      ask({ turnId, after: -1 }),
      ask({ turnId, after: middle }),
      ask({ turnId, after: 1_000_000 }),
    ]);
    return {
      whole,
      withoutCursor: plain.deltas(conversationId),
      fromStart: start.deltas(conversationId, turnId),
      middle,
      fromMiddle: rest.deltas(conversationId, turnId),
      ahead: beyond.frames.find(({ type }) => type === 'chat.reset'),
    };
  },
  rows: [
    {
      id: 'B.4-11',
      says: 'Once a turn is sealed, watching without a cursor replays nothing of it.',
      judge: ({ withoutCursor }) =>
        withoutCursor.length === 0 ? undefined : `it sent ${kindsOf(eventsOf(withoutCursor))}`,
    },
    {
      id: 'cursor-start',
      says: 'The cursor after: -1 gets a sealed turn again from its first event.',
      judge: ({ whole, fromStart }) => same(whole, fromStart, -1),
    },
    {
      id: 'cursor-resume',
      says: 'A cursor in the middle of a turn gets exactly what came behind it.',
      judge: ({ whole, fromMiddle, middle }) => same(whole, fromMiddle, middle),
    },
    {
      id: 'cursor-ahead',
      says: 'A cursor beyond the end of its turn is answered by chat.reset with the reason ahead.',
      judge: ({ ahead }) =>
        ahead?.['reason'] === 'ahead' ? undefined : shown(ahead ?? 'no chat.reset came'),
    },
  ],
});

async function watching(session: ProbeSession, conversationId: string, cursor: object): Promise<ProbeSocket> {
  const socket = await session.open();
  await socket.watch(conversationId, cursor);
  return socket;
}

/** Events without a number are judged elsewhere; a cursor cannot mean them. */
const numbered = (deltas: readonly ProbeDelta[]): readonly ProbeDelta[] =>
  onceEach(deltas).filter(({ n }) => typeof n === 'number');

function same(whole: readonly ProbeDelta[], got: readonly ProbeDelta[], after: number): Judgement {
  if (whole.length < 3) return unseen('the turn never came');
  const expected = numbered(whole).filter(({ n }) => Number(n) > after);
  return difference(eventsOf(expected), eventsOf(numbered(got)), ['first', 'with the cursor']);
}
