import { experiment, type Judgement, unseen } from '../experiment.ts';
import { type Log, readLog } from '../history.ts';
import { quickMessage } from '../messages.ts';
import type { ProbeChat } from '../probe-chat.ts';
import type { ProbeEvent, ProbeFrame } from '../probe-socket.ts';
import { chatTold } from '../told.ts';
import { endFault, eventsOf, kindsOf, onceEach, reasonOf, shown } from '../turn-facts.ts';

/** A name no credential has. */
const NOBODYS_MODEL = 'probe/none';

interface Seen {
  readonly chat: ProbeChat;
  readonly message: string;
  readonly log: Log;
  readonly events: readonly ProbeEvent[];
  readonly refusal: ProbeFrame | undefined;
}

/** A turn whose model does not exist: the failure any backend can be made to show, at no cost. */
export const failing = experiment<Seen>({
  name: 'failing',
  needsModel: false,
  observe: async (session) => {
    const [overHttp, overSocket] = [session.conversation(), session.conversation()];
    const message = quickMessage();
    const chat = session.chat({ conversationId: overHttp, message, model: NOBODYS_MODEL });
    const socket = await session.open();
    socket.send({ type: 'chat.send', conversationId: overSocket, message, model: NOBODYS_MODEL });
    await Promise.all([chat.ended, socket.sealed(overSocket)]);
    await socket.settle();
    const refusal = socket.frames.find(({ type }) => type === 'chat.error');
    const events = eventsOf(onceEach(socket.deltas(overSocket)));
    return { chat, message, log: await readLog(session, overHttp), events, refusal };
  },
  rows: [
    {
      id: 'A.3-6',
      says: 'An unknown model fails the turn, not the request: POST /chat answers 200 and an error event.',
      judge: ({ chat }) =>
        chat.head?.status === 200 && has(chat.events, 'error') ? undefined : chatTold(chat),
    },
    {
      id: 'A.3-15',
      says: 'The answer of POST /chat ends with turn-sealed, also when the turn failed.',
      judge: ({ chat: { events } }) =>
        events.at(-1)?.type === 'turn-sealed' ? undefined : `it came as ${kindsOf(events)}`,
    },
    {
      id: 'B.4-5',
      says: 'What fails inside a turn is told by an error event, never by chat.error.',
      judge: ({ events, refusal }) => {
        if (refusal !== undefined) return shown(refusal);
        return has(events, 'error') ? undefined : `it came as ${kindsOf(events)}`;
      },
    },
    {
      id: 'B.4-6',
      says: 'A chat.send with an unknown model is taken: user-message comes first, then the error.',
      judge: ({ events }) => {
        const kinds = events.map(({ type }) => type);
        const isOrdered = kinds[0] === 'user-message' && kinds.includes('error');
        return isOrdered ? undefined : `it came as ${kindsOf(events)}`;
      },
    },
    {
      id: 'C.3-8',
      says: 'A turn that fails says so by exactly one error, then done with the reason error.',
      judge: ({ chat: { events } }) => {
        if (count(events, 'error') !== 1) return `it came as ${kindsOf(events)}`;
        const [error, done] = ['error', 'done'].map((kind) => events.findIndex(({ type }) => type === kind));
        if (done === undefined || error === undefined || done < error) return `it came as ${kindsOf(events)}`;
        return reasonOf(events) === 'error'
          ? undefined
          : `its reason is ${shown(reasonOf(events) ?? 'none')}`;
      },
    },
    {
      id: 'C.3-9',
      says: "A turn that fails keeps the user's message in the log, and the error behind it.",
      judge: ({ log: { rows }, message }): Judgement => {
        if (rows.length === 0) return unseen('nothing is in the log');
        if (rows[0]?.chunk['text'] !== message) return `the log begins with ${shown(rows[0])}`;
        return rows.some(({ chunk }) => chunk['type'] === 'error')
          ? undefined
          : 'the error is not in the log';
      },
    },
    {
      id: 'T1-2',
      says: 'A turn that fails has exactly one done, then exactly one turn-sealed, then nothing.',
      judge: ({ events, chat }) => endFault(events) ?? endFault(chat.events),
    },
  ],
});

const count = (events: readonly ProbeEvent[], kind: string): number =>
  events.filter(({ type }) => type === kind).length;
const has = (events: readonly ProbeEvent[], kind: string): boolean => count(events, kind) > 0;
