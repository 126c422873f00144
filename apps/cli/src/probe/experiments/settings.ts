import { fieldsOf } from '../../raw-http.ts';
import { experiment, notApplicable, unseen } from '../experiment.ts';
import { quickMessage } from '../messages.ts';
import type { ProbeChat } from '../probe-chat.ts';
import type { ProbeSession } from '../probe-session.ts';
import { chatTold } from '../told.ts';
import { shown } from '../turn-facts.ts';

/** Any absolute path serves: nothing runs there. */
const FOLDER = '/tmp/dispatch-probe';

interface Seen {
  readonly chats: readonly ProbeChat[];
  /** The stored folder after each of them. */
  readonly folders: readonly unknown[];
}

/** What a message sets for the conversation, and what it leaves as it was. */
export const settings = experiment<Seen>({
  name: 'settings',
  needsModel: true,
  observe: async (session) => {
    const conversationId = session.conversation();
    const { quick: model } = session.models;
    const folders: unknown[] = [];
    const chats: ProbeChat[] = [];
    // The model is named once; the folder once, then not, then as blanks.
    for (const more of [{ model, cwd: FOLDER }, {}, { cwd: '  ' }]) {
      const chat = session.chat({ conversationId, message: quickMessage(), ...more });
      await chat.ended;
      chats.push(chat);
      folders.push(await readFolder(session, conversationId));
    }
    return { chats, folders };
  },
  rows: [
    {
      id: 'A.3-4',
      says: 'A message without model goes to the model the conversation has.',
      judge: ({ chats }) => {
        const [first, second] = chats.map(({ events }) => events.find(({ type }) => type === 'turn-start'));
        if (first === undefined || second === undefined) return unseen('no turn-start came');
        if (first['model'] === undefined)
          return notApplicable('this gateway does not tell the model of a turn');
        return first['model'] === second['model']
          ? undefined
          : `${shown(first['model'])}, then ${shown(second['model'])}`;
      },
    },
    {
      id: 'A.3-8',
      says: 'A working directory that comes with a message is stored for the conversation.',
      judge: ({ folders: [first] }) => (first === FOLDER ? undefined : `stored is ${shown(first)}`),
    },
    {
      id: 'A.3-7',
      says: 'A message without working directory leaves the stored one.',
      judge: ({ folders: [first, second] }) => (first === second ? undefined : `it became ${shown(second)}`),
    },
    {
      id: 'A.3-10',
      says: 'A blank working directory counts as none: it neither fails nor replaces the stored one.',
      judge: ({ chats, folders: [, second, third] }) => {
        if (chats[2] !== undefined && chats[2].head?.status !== 200) return chatTold(chats[2]);
        return second === third ? undefined : `it became ${shown(third)}`;
      },
    },
  ],
});

async function readFolder(session: ProbeSession, conversationId: string): Promise<unknown> {
  const { json } = await session.ask('GET', `/conversations/${conversationId}/cwd`);
  return fieldsOf(json)?.['cwd'] ?? null;
}
