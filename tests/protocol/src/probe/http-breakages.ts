import { type Breakage, chats, type Fields, json, refused, without } from './breakage.ts';

/** Lines of `POST /chat` become others. */
const lines = (change: (event: Fields) => readonly object[] | null): Breakage['how'] => {
  return () => ({
    line: (line) => change(JSON.parse(line) as Fields)?.map((event) => JSON.stringify(event)) ?? null,
  });
};

/** What can go wrong with sending a message over HTTP. */
export const httpBreakages: readonly Breakage[] = [
  {
    name: 'does not trim what comes over HTTP',
    breaks: ['A.3-1', 'A.3-13'],
    how: lines((event) =>
      event['type'] === 'user-message' ? [{ ...event, text: `  ${event['text']}  ` }] : [event],
    ),
  },
  {
    name: 'sends empty lines to keep the connection',
    breaks: ['A.3-12'],
    how: () => ({ line: (line) => (line.includes('turn-start') ? [line, ''] : [line]) }),
  },
  { name: 'sends the answer when it is whole', breaks: ['A.3-14'], how: () => ({ holdsStreams: true }) },
  {
    name: 'does not name the conversation',
    breaks: ['A.3-11', 'A.3-3'],
    how: () => ({
      streamHeaders: ({ 'x-conversation-id': _, ...headers }) => headers,
    }),
  },
  {
    name: 'ends the answer with the error',
    breaks: ['A.3-15', 'C.3-8', 'T1-2'],
    how: () => {
      const over = new WeakSet<object>();
      return {
        line: (line, request) => {
          if (over.has(request)) return null;
          if (line.includes('"type":"error"')) over.add(request);
          return [line];
        },
      };
    },
  },
  {
    name: 'says twice what failed',
    breaks: ['C.3-8'],
    how: lines((event) =>
      event['type'] === 'error' && event['code'] === 'unknown-model' ? [event, event] : [event],
    ),
  },
  {
    name: 'refuses an unknown model',
    breaks: ['A.3-15', 'A.3-6', 'C.3-8', 'T1-2'],
    how: () => ({
      request: chats((body) =>
        body['model'] === 'probe/none' && String(body['message']).length > 20
          ? refused(400, 'unknown-model')
          : body,
      ),
    }),
  },
  {
    name: 'refuses a message to a busy conversation',
    breaks: ['A.3-16'],
    how: () => ({
      request: chats((body) =>
        String(body['message']).includes('Another rival.') ? refused(409, 'turn-running') : body,
      ),
    }),
  },
  {
    name: 'answers a repeated key with a new turn',
    breaks: ['D5-1', 'D5-2', 'D5-3', 'D5-4', 'D5-5', 'D5-6'],
    how: () => ({
      request: (request) => {
        const { 'idempotency-key': _, ...headers } = request.headers;
        const changed = chats((body) => without(body, 'idempotencyKey'))({ ...request, headers });
        return changed;
      },
      toServer: (text) => [
        text.includes('"chat.send"') ? JSON.stringify(without(JSON.parse(text), 'idempotencyKey')) : text,
      ],
    }),
  },
  {
    name: 'does not read the key in the header',
    breaks: ['D5-2', 'D5-3'],
    how: () => ({
      request: (request) => {
        const { 'idempotency-key': _, ...headers } = request.headers;
        return { ...request, headers };
      },
    }),
  },
  {
    name: 'takes another message under a used key',
    breaks: ['D5-4'],
    how: () => ({
      request: chats((body) => (String(body['message']).includes('Something else.') ? json(200, {}) : body)),
    }),
  },
  {
    name: 'refuses messages to closed conversations',
    breaks: ['T5-4'],
    how: () => {
      const closed = new Set<unknown>();
      return {
        request: (request) => {
          if (request.path.endsWith('/close')) closed.add(request.path.split('/')[2]);
          const refuse = chats((body) =>
            closed.has(body['conversationId']) ? refused(409, 'not-found') : body,
          );
          return refuse(request);
        },
      };
    },
  },
  {
    name: 'does not store the folder',
    breaks: ['A.3-8'],
    how: () => ({
      request: chats((body) => (typeof body['cwd'] === 'string' ? without(body, 'cwd') : body)),
    }),
  },
  {
    name: 'forgets the folder with the next message',
    breaks: ['A.3-7'],
    how: () => ({ request: chats((body) => ('cwd' in body ? body : { ...body, cwd: '/' })) }),
  },
  {
    name: 'refuses a blank folder',
    breaks: ['A.3-10'],
    how: () => ({
      request: chats((body) => (body['cwd'] === '  ' ? refused(400, 'invalid-request') : body)),
    }),
  },
  {
    name: 'forgets the model with the next message',
    breaks: ['A.3-4'],
    how: () => ({ request: chats((body) => ('model' in body ? body : { ...body, model: 'demo/tools' })) }),
  },
];
