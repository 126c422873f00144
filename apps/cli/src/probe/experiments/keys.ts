import { mintId } from '@dispatch/client';
import { fieldsOf, type RawAnswer } from '../../raw-http.ts';
import { experiment } from '../experiment.ts';
import { type Log, readLog } from '../history.ts';
import { quickMessage } from '../messages.ts';
import type { ProbeChat } from '../probe-chat.ts';
import type { ProbeSession } from '../probe-session.ts';
import type { ProbeFrame } from '../probe-socket.ts';
import { chatTold } from '../told.ts';
import { shown } from '../turn-facts.ts';

const AT_ONCE = 4;

interface Seen {
  readonly parallel: readonly ProbeChat[];
  readonly later: ProbeChat;
  readonly log: Log;
  readonly otherBody: RawAnswer;
  readonly socket: {
    readonly answers: readonly (ProbeFrame | undefined)[];
    readonly log: Log;
    readonly otherBody: ProbeFrame | undefined;
  };
}

/** The same message more than once under one idempotency key. */
export const keys = experiment<Seen>({
  name: 'keys',
  needsModel: true,
  observe: async (session) => {
    const conversationId = session.conversation();
    const idempotencyKey = mintId('probe');
    const body = { conversationId, message: quickMessage(), model: session.models.quick };
    const parallel = Array.from({ length: AT_ONCE }, () => session.chat({ ...body, idempotencyKey }));
    await Promise.all(parallel.map(({ ended }) => ended));
    // The header is the field's synonym.
    const later = session.chat(body, { 'idempotency-key': idempotencyKey });
    await later.ended;
    const otherBody = await session.ask('POST', '/chat', {
      body: JSON.stringify({ ...body, message: quickMessage(' Something else.'), idempotencyKey }),
    });
    const log = await readLog(session, conversationId);
    return { parallel, later, log, otherBody, socket: await overSocket(session) };
  },
  rows: [
    {
      id: 'D5-1',
      says: 'The same key sent several times at once is one turn, told alike to everybody who sent it.',
      judge: ({ parallel }) => {
        const told = parallel.map(({ events }) => shown(turnIdsOf(events)));
        const other = told.findIndex((ids) => ids !== told[0]);
        if (other >= 0) return `one answer tells turn ${told[0]}, another ${told[other]}`;
        const cut = parallel.find(({ events }) => !events.some(({ type }) => type === 'turn-start'));
        return cut === undefined ? undefined : `one answer is ${chatTold(cut)}`;
      },
    },
    {
      id: 'D5-2',
      says: 'However often a key is sent, its message is in the log once.',
      judge: ({ log }) => onlyOne(log),
    },
    {
      id: 'D5-3',
      says: 'The same key sent again later, in its header, gives the same turn.',
      judge: ({ later, parallel }) => {
        const [first, again] = [parallel[0]?.events ?? [], later.events].map((events) =>
          shown(turnIdsOf(events)),
        );
        return first === again ? undefined : `first ${first}, later ${again}`;
      },
    },
    {
      id: 'D5-4',
      says: 'The same key with another message is refused with 422 and the code idempotency-mismatch.',
      judge: ({ otherBody: { status, json, text } }) => {
        const isRefused = status === 422 && fieldsOf(json)?.['code'] === 'idempotency-mismatch';
        return isRefused ? undefined : `${status}: ${shown(text)}`;
      },
    },
    {
      id: 'D5-5',
      says: 'Two chat.send under one key are acknowledged with the same turn, and are one message.',
      judge: ({ socket: { answers, log } }) => {
        const [first, second] = answers;
        if (first?.type !== 'ack' || second?.type !== 'ack')
          return `${shown(first ?? 'none')}, ${shown(second ?? 'none')}`;
        if (first['turnId'] !== second['turnId'])
          return `${shown(first['turnId'])} and ${shown(second['turnId'])}`;
        return onlyOne(log);
      },
    },
    {
      id: 'D5-6',
      says: 'A chat.send under the key of another message is refused by chat.error, idempotency-mismatch.',
      judge: ({ socket: { otherBody } }) => {
        const isRefused = otherBody?.type === 'chat.error' && otherBody['code'] === 'idempotency-mismatch';
        return isRefused ? undefined : shown(otherBody ?? 'no answer');
      },
    },
  ],
});

async function overSocket(session: ProbeSession): Promise<Seen['socket']> {
  const conversationId = session.conversation();
  const socket = await session.open();
  const send = {
    type: 'chat.send',
    conversationId,
    message: quickMessage(),
    model: session.models.quick,
    idempotencyKey: mintId('probe'),
  };
  const ids = [socket.nextId(), socket.nextId()];
  for (const id of ids) socket.send({ ...send, id });
  const answers = await Promise.all(ids.map((id) => socket.answer(id)));
  await socket.sealed(conversationId);
  const id = socket.nextId();
  socket.send({ ...send, id, message: quickMessage(' Something else.') });
  const otherBody = await socket.answer(id);
  return { answers, log: await readLog(session, conversationId), otherBody };
}

const turnIdsOf = (events: ProbeChat['events']): readonly unknown[] => [
  ...new Set(events.map(({ turnId }) => turnId)),
];

function onlyOne({ rows }: Log): string | undefined {
  const messages = rows.filter(({ role }) => role === 'user').length;
  return messages === 1 ? undefined : `it is there ${messages} times`;
}
