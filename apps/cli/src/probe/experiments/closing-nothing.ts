import { fieldsOf, type RawAnswer } from '../../raw-http.ts';
import { experiment } from '../experiment.ts';
import { readLog } from '../history.ts';
import { told } from '../told.ts';
import { saysSo } from './end-turn.ts';

interface Seen {
  readonly answers: readonly RawAnswer[];
  /** Entries of the log behind it. */
  readonly entries: number;
  readonly list: RawAnswer;
  readonly conversationId: string;
}

/** Closing a conversation nobody has ever used. */
export const closingNothing = experiment<Seen>({
  name: 'closing-nothing',
  needsModel: false,
  observe: async (session) => {
    const conversationId = session.conversation();
    const path = `/conversations/${conversationId}/close`;
    // A page that goes away sends no content type, and a body nobody reads.
    const answers = [
      await session.ask('POST', path),
      await session.ask('POST', path, { body: 'not read', headers: { 'content-type': 'text/plain' } }),
    ];
    const { rows } = await readLog(session, conversationId);
    const list = await session.ask('GET', `/conversations?q=${conversationId}`);
    return { answers, entries: rows.length, list, conversationId };
  },
  rows: [
    {
      id: 'C1-1',
      says: 'Closing a conversation nobody has used answers 200, and abortedTurn is false, whatever the body is.',
      judge: ({ answers }) =>
        answers.map((answer) => saysSo('abortedTurn', false, answer)).find((fault) => fault !== undefined),
    },
    {
      id: 'C3-1',
      says: 'Closing a conversation nobody has used does not bring it into being.',
      judge: ({ entries, list, conversationId }) => {
        const found = fieldsOf(list.json)?.['conversations'];
        if (!Array.isArray(found)) return told(list);
        if (entries > 0) return `its log has ${entries} entries`;
        return found.some((one) => fieldsOf(one)?.['id'] === conversationId)
          ? 'it is in the list now'
          : undefined;
      },
    },
  ],
});
