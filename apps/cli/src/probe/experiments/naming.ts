import { experiment } from '../experiment.ts';
import { quickMessage } from '../messages.ts';
import type { ProbeChat } from '../probe-chat.ts';
import type { ProbeEvent, ProbeFrame } from '../probe-socket.ts';
import { chatTold } from '../told.ts';
import { kindsOf, shown } from '../turn-facts.ts';

interface Seen {
  /** `POST /chat` without an id, with an empty one, with one that is no string. */
  readonly overHttp: readonly ProbeChat[];
  readonly ack: ProbeFrame | undefined;
  readonly events: readonly ProbeEvent[];
  readonly blanks: readonly ProbeEvent[];
}

/** Conversations that the gateway names, and a message of blanks alone. */
export const naming = experiment<Seen>({
  name: 'naming',
  needsModel: true,
  observe: async (session) => {
    const { quick: model } = session.models;
    const message = quickMessage();
    const overHttp = [{}, { conversationId: '' }, { conversationId: 5 }].map((more) =>
      session.chat({ message, model, ...more }),
    );
    const socket = await session.open();
    const id = socket.nextId();
    socket.send({ type: 'chat.send', id, message, model });
    const ack = await socket.answer(id);
    const first = await socket.frame(({ type }) => type === 'chat.delta');
    const named = (first?.['event'] as ProbeEvent | undefined)?.['conversationId'];
    session.remember(named);
    const events = typeof named === 'string' ? socket.deltas(named).map(({ event }) => event) : [];
    const conversationId = session.conversation();
    socket.send({ type: 'chat.send', conversationId, message: '   ', model });
    await socket.sealed(conversationId);
    const blanks = socket.deltas(conversationId).map(({ event }) => event);
    await Promise.all(overHttp.map(({ ended }) => ended));
    for (const { head } of overHttp) session.remember(idIn(head?.headers));
    return { overHttp, ack, events, blanks };
  },
  rows: [
    {
      id: 'A.3-3',
      says: 'POST /chat without a usable conversationId makes one, and names it in X-Conversation-Id and the events.',
      judge: ({ overHttp }) => {
        const ids = overHttp.map(({ head }) => idIn(head?.headers));
        for (const [index, chat] of overHttp.entries()) {
          if (chat.head?.status !== 200) return chatTold(chat);
          if (ids[index] === undefined) return 'X-Conversation-Id is missing';
          const inEvents = chat.events[0]?.['conversationId'];
          if (inEvents !== ids[index])
            return `the header names ${ids[index]}, the events ${shown(inEvents ?? 'none')}`;
        }
        return new Set(ids).size === ids.length ? undefined : 'two of them got the same';
      },
    },
    {
      id: 'B.4-2',
      says: 'A chat.send without conversationId makes one; its events name it, and so does its ack.',
      judge: ({ ack, events }) => {
        const [first] = events;
        if (first === undefined) return 'no event came';
        // That there is an ack at all is a promise of its own.
        return ack?.type !== 'ack' || ack['conversationId'] === first['conversationId']
          ? undefined
          : shown(ack);
      },
    },
    {
      id: 'B.4-1c',
      says: 'A chat.send of blanks alone is taken, and kept as it is.',
      judge: ({ blanks }) => {
        const message = blanks.find(({ type }) => type === 'user-message');
        return message?.['text'] === '   '
          ? undefined
          : `it came as ${kindsOf(blanks)}, ${shown(message ?? 'unsaid')}`;
      },
    },
  ],
});

/** The header travels percent-encoded where it has to be. */
function idIn(headers: Headers | undefined): string | undefined {
  const value = headers?.get('x-conversation-id');
  return value === null || value === undefined || value === '' ? undefined : decodeURIComponent(value);
}
