import { errorFrameFault } from '../error-shape.ts';
import { experiment, type Judgement, unseen } from '../experiment.ts';
import type { ProbeSession } from '../probe-session.ts';
import type { ProbeFrame } from '../probe-socket.ts';
import { kindsOf, shown } from '../turn-facts.ts';

/** What one bad frame got. */
interface Reaction {
  /** The first error frame, if any. */
  readonly error: ProbeFrame | undefined;
  readonly frames: readonly ProbeFrame[];
  readonly closeCode: number | undefined;
}

type Seen = Readonly<Record<keyof typeof BAD, Reaction>> & { readonly conversationId: string };

/** Each on a socket of its own, so that one that is closed harms no other. */
const BAD = {
  unparsable: '{"type":',
  unknown: '{"type":"probe.nonsense","id":"probe"}',
  nothing: 'null',
  list: '[]',
  nameless: '{"type":"chat.subscribe","id":"probe"}',
  empty:
    '{"type":"chat.send","id":"probe","conversationId":"CONVERSATION","model":"probe/none","message":""}',
  number:
    '{"type":"chat.send","id":"probe","conversationId":"CONVERSATION","model":"probe/none","message":5}',
  surface: '{"type":"subscribe","id":"probe","surfaceId":"probe-none"}',
  action: '{"type":"invoke","id":"probe","surfaceId":"probe-none","actionId":"probe"}',
} as const;

/** Frames that cannot be carried out. */
export const badFrames = experiment<Seen>({
  name: 'bad-frames',
  needsModel: false,
  observe: async (session) => {
    const conversationId = session.conversation();
    const reactions = Object.entries(BAD).map(async ([name, text]) => {
      return [name, await reaction(session, text.replace('CONVERSATION', conversationId))] as const;
    });
    return { ...Object.fromEntries(await Promise.all(reactions)), conversationId } as unknown as Seen;
  },
  rows: [
    {
      id: 'B.3-8',
      says: 'A message that is no JSON is answered by error without surfaceId, and the socket stays open.',
      judge: ({ unparsable }) => answered(unparsable, 'error') ?? without(unparsable, 'surfaceId'),
    },
    {
      id: 'B.3-9a',
      says: 'A frame of an unknown type is answered by error, and the socket stays open.',
      judge: ({ unknown }) => answered(unknown, 'error'),
    },
    {
      id: 'B.3-9b',
      says: 'A message that is JSON but no frame, null or a list, is answered by error, and the socket stays open.',
      judge: ({ nothing, list }) => answered(nothing, 'error') ?? answered(list, 'error'),
    },
    {
      id: 'B.3-9c',
      says: 'A chat.subscribe without conversationId is answered by chat.error, and the socket stays open.',
      judge: ({ nameless }) => answered(nameless, 'chat.error'),
    },
    {
      id: 'B.3-10a',
      says: 'Subscribing to a surface that does not exist is answered by error with its surfaceId.',
      judge: ({ surface }) => answered(surface, 'error') ?? withField(surface, 'surfaceId', 'probe-none'),
    },
    {
      id: 'B.3-10b',
      says: 'Invoking an action of a surface that does not exist is answered by error with its surfaceId.',
      judge: ({ action }) => answered(action, 'error') ?? withField(action, 'surfaceId', 'probe-none'),
    },
    {
      id: 'B.4-1a',
      says: 'A chat.send whose message is empty or no string is answered by chat.error with its conversationId.',
      judge: ({ empty, number, conversationId }) =>
        answered(empty, 'chat.error') ??
        withField(empty, 'conversationId', conversationId) ??
        answered(number, 'chat.error'),
    },
    {
      id: 'refusal-shape',
      says: 'Every frame that refuses another says message, code, retryable and requestId, and repeats its id.',
      judge: (seen) => {
        const refused = Object.entries(BAD).flatMap(([name, text]) => {
          const { error } = seen[name as keyof typeof BAD];
          return error === undefined ? [] : [{ hadId: text.includes('"id"'), error }];
        });
        if (refused.length === 0) return unseen('nothing was refused');
        for (const { hadId, error } of refused) {
          const fault = errorFrameFault(error);
          if (fault !== undefined) return fault;
          if (hadId && error['id'] !== 'probe') return `no id in ${shown(error)}`;
        }
        return undefined;
      },
    },
  ],
});

async function reaction(session: ProbeSession, text: string): Promise<Reaction> {
  const socket = await session.open();
  await socket.frame(({ type }) => type === 'catalog');
  const from = socket.frames.length;
  socket.sendText(text);
  const error = await socket.frame(({ type }) => type === 'error' || type === 'chat.error', from);
  await socket.settle();
  const frames = socket.frames.slice(from);
  const { closeCode } = socket;
  socket.close();
  return { error, frames, closeCode };
}

function answered({ error, frames, closeCode }: Reaction, type: string): Judgement {
  if (closeCode !== undefined) return `the socket was closed with ${closeCode}`;
  if (error === undefined) return `it was answered by ${kindsOf(frames)}`;
  return error.type === type ? undefined : `it was answered by ${error.type}`;
}

const without = ({ error }: Reaction, field: string): Judgement =>
  error?.[field] === undefined ? undefined : `${field} is ${shown(error[field])}`;

const withField = ({ error }: Reaction, field: string, value: string): Judgement =>
  error?.[field] === value ? undefined : `${field} is ${shown(error?.[field] ?? 'missing')}`;
