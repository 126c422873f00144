import { experiment, type Judgement, notApplicable } from '../experiment.ts';
import { readLog, readMetrics, readStatus, storedText } from '../history.ts';
import { slowMessage } from '../messages.ts';
import type { ProbeSession } from '../probe-session.ts';
import { eventsOf, shown, textOf } from '../turn-facts.ts';

/** What became of a turn whose only watcher left. */
interface Left {
  /** False: it was over before anybody could leave. */
  readonly wasRunning: boolean;
  /** Characters that had been seen by then. */
  readonly seen: number;
  /** Characters that are stored now that it has ended. */
  readonly stored: number;
  /** Undefined: the gateway does not tell. */
  readonly reason: unknown;
  /** Whether it ended at all. */
  readonly hasEnded: boolean;
}

interface Seen {
  readonly cut: Left;
  readonly unsubscribed: Left & { readonly after: number };
  readonly dropped: Left;
}

/** Reasons that mean that somebody or something ended the turn. */
const ENDED_BY_OTHERS = ['aborted', 'interrupted'];
/** How often it is asked whether a turn nobody watches has ended. */
const ASK_EVERY_MS = 250;

/** Losing every watcher never ends a turn: nobody watches here when it matters. */
export const leaving = experiment<Seen>({
  name: 'leaving',
  needsModel: true,
  observe: async (session) => {
    const [cut, unsubscribed, dropped] = await Promise.all([
      cutSocket(session),
      unsubscribe(session),
      dropHttp(session),
    ]);
    return { cut, unsubscribed, dropped };
  },
  rows: [
    {
      id: 'T7-1',
      says: 'A socket that breaks does not stop the turn it watched.',
      judge: ({ cut }) => wentOn(cut),
    },
    {
      id: 'T7-2',
      says: 'chat.unsubscribe does not stop the turn.',
      judge: ({ unsubscribed }) => wentOn(unsubscribed),
    },
    {
      id: 'A.3-18',
      says: 'Dropping the HTTP connection of POST /chat does not stop the turn.',
      judge: ({ dropped }) => wentOn(dropped),
    },
    {
      id: 'unsubscribe',
      says: 'Behind chat.unsubscribe nothing more of the conversation arrives.',
      judge: ({ unsubscribed: { after, wasRunning } }) => {
        if (!wasRunning) return notApplicable('the turn was over too soon; name a slower model');
        return after === 0 ? undefined : `${after} events arrived`;
      },
    },
  ],
});

const TOO_SOON = notApplicable('the turn was over too soon to leave it; name a slower model');

function wentOn({ wasRunning, seen, stored, reason, hasEnded }: Left): Judgement {
  if (!wasRunning) return TOO_SOON;
  if (!hasEnded) return 'it never ended';
  if (typeof reason === 'string' && ENDED_BY_OTHERS.includes(reason))
    return `it ended with the reason ${reason}`;
  if (stored > seen) return undefined;
  // Everything had been said when it was left; only its end was still under way.
  if (stored === seen) return TOO_SOON;
  return `${seen} characters had been seen, ${stored} are stored (${shown(reason ?? 'no reason told')})`;
}

async function cutSocket(session: ProbeSession): Promise<Left> {
  const conversationId = session.conversation();
  const socket = await session.open();
  socket.send({ type: 'chat.send', conversationId, message: slowMessage(), model: session.models.slow });
  const wasRunning = await socket.hasText(conversationId, 2);
  socket.cut();
  const seen = textOf(eventsOf(socket.deltas(conversationId))).length;
  return { wasRunning, seen, ...(await whatBecame(session, conversationId)) };
}

async function unsubscribe(session: ProbeSession): Promise<Seen['unsubscribed']> {
  const conversationId = session.conversation();
  const socket = await session.open();
  socket.send({ type: 'chat.send', conversationId, message: slowMessage(), model: session.models.slow });
  const wasRunning = await socket.hasText(conversationId, 2);
  socket.send({ type: 'chat.unsubscribe', conversationId });
  await socket.settle();
  const until = socket.deltas(conversationId).length;
  const seen = textOf(eventsOf(socket.deltas(conversationId))).length;
  const became = await whatBecame(session, conversationId);
  await socket.settle();
  return { wasRunning, seen, ...became, after: socket.deltas(conversationId).length - until };
}

async function dropHttp(session: ProbeSession): Promise<Left> {
  const conversationId = session.conversation();
  const chat = session.chat({ conversationId, message: slowMessage(), model: session.models.slow });
  const isOver = chat.ended.then(() => true);
  const hasText = async (): Promise<boolean> => {
    for (;;) {
      if (chat.events.some(({ type }) => type === 'text-delta')) return !chat.isWhole;
      if (await Promise.race([isOver, session.pause(20).then(() => false)])) return false;
    }
  };
  const wasRunning = await hasText();
  chat.leave();
  const seen = textOf(chat.events).length;
  return { wasRunning, seen, ...(await whatBecame(session, conversationId)) };
}

/** Asks until the turn is in the log; gives up when it does not get there. */
async function whatBecame(
  session: ProbeSession,
  conversationId: string,
): Promise<Pick<Left, 'stored' | 'reason' | 'hasEnded'>> {
  const deadline = session.now() + session.turnMs;
  for (;;) {
    // In this order: what is read of a turn that has ended is all there will be.
    const { status } = await readStatus(session, conversationId);
    const { rows } = await readLog(session, conversationId);
    const hasEnded = rows.length > 0 && status !== 'active';
    if (hasEnded || session.now() > deadline) {
      const [figures] = await readMetrics(session, conversationId);
      return { stored: storedText(rows, 'assistant').length, reason: figures?.['reason'], hasEnded };
    }
    await session.pause(ASK_EVERY_MS);
  }
}
