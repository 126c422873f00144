import { fieldsOf, jsonOf } from '../../raw-http.ts';
import { notApplicable, type PromiseRow, unseen } from '../experiment.ts';
import { chatTold } from '../told.ts';
import { difference, eventsOf, onceEach, shown } from '../turn-facts.ts';
import type { TwoTurns } from './whole-turn.ts';

/** `POST /chat`: the second turn, and a message that came while the first one ran. */
export const turnOverHttp: readonly PromiseRow<TwoTurns>[] = [
  {
    id: 'A.3-1',
    says: 'POST /chat trims the message.',
    judge: ({ second: { chat, message } }) => {
      const text = chat.events.find(({ type }) => type === 'user-message')?.['text'];
      if (text === undefined) return unseen('no user-message came');
      return text === message ? undefined : shown(text);
    },
  },
  {
    id: 'A.3-11',
    says: 'POST /chat answers 200, application/x-ndjson, and names the conversation in X-Conversation-Id.',
    judge: ({ second: { chat }, conversationId }) => {
      const { status, headers } = chat.head ?? {};
      const type = headers?.get('content-type');
      if (status !== 200) return chatTold(chat);
      if (!type?.startsWith('application/x-ndjson')) return `its type is ${type}`;
      const named = headers?.get('x-conversation-id');
      return named === conversationId ? undefined : `X-Conversation-Id is ${named ?? 'missing'}`;
    },
  },
  {
    id: 'A.3-12',
    says: 'Each line of the answer is one event as JSON, ended by a line break; there is nothing else.',
    judge: ({ second: { chat } }) => {
      const odd = chat.lines.find((line) => typeof fieldsOf(jsonOf(line))?.['type'] !== 'string');
      if (odd !== undefined) return `one line is ${shown(odd)}`;
      if (chat.rest !== '') return `behind the last line break: ${shown(chat.rest)}`;
      return chat.lines.length > 0 ? undefined : 'there are no lines';
    },
  },
  {
    id: 'A.3-13',
    says: 'The events over HTTP are those a socket gets.',
    judge: ({ second: { chat, turnId }, early, conversationId }) => {
      const deltas = onceEach(early.deltas(conversationId, turnId));
      if (deltas.length === 0) return unseen('the socket got nothing of that turn');
      return difference(chat.events, eventsOf(deltas), ['over HTTP', 'over the socket']);
    },
  },
  {
    id: 'A.3-16',
    says: 'POST /chat while a turn runs answers 200 with exactly one line, an error of a turn id of its own.',
    judge: ({ midway, turnId }) => {
      const tooSoon = notApplicable('the turn was over too soon to try; name a slower model');
      if (midway === undefined) return tooSoon;
      const { head, events } = midway.rivalChat;
      const [only, ...more] = events;
      const isRight = head?.status === 200 && only?.type === 'error' && more.length === 0;
      if (isRight && only.turnId !== turnId) return undefined;
      return midway.wasRunning ? chatTold(midway.rivalChat) : tooSoon;
    },
  },
  {
    id: 'A.3-17',
    says: 'An unexpected failure is told by one error line.',
    judge: () => notApplicable('it cannot be provoked from outside'),
  },
];
