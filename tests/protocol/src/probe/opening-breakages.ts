import type { Meddling } from '@dispatch/tests-processes';
import {
  type Breakage,
  bodies,
  chats,
  type Fields,
  fieldsIn,
  frames,
  HISTORY,
  json,
  refused,
  sent,
  statusOf,
  without,
} from './breakage.ts';

const answerOf = (path: string, status: number, body: object): Meddling => ({
  answer: (answer, request) =>
    request.path === path ? { ...answer, status, body: JSON.stringify(body) } : answer,
});

const header = (name: string, value: string): Meddling => ({
  answer: (answer) => ({ ...answer, headers: { ...answer.headers, [name]: value } }),
});

/** What can go wrong without any turn: the service itself, the beginning of a socket, bad input. */
export const openingBreakages: readonly Breakage[] = [
  { name: 'is not healthy', breaks: ['health'], how: () => answerOf('/health', 500, { ok: false }) },
  { name: 'is not ready', breaks: ['ready'], how: () => answerOf('/readyz', 503, { ok: false }) },
  {
    name: 'does not tell its epoch',
    breaks: ['version', 'version-agrees'],
    how: () => ({ answer: bodies(/^\/version$/, (body) => ({ ...body, epoch: null })) }),
  },
  {
    name: 'lists half a name',
    breaks: ['models'],
    how: () => ({
      answer: bodies(/^\/models$/, ({ models }) =>
        Array.isArray(models) ? { models: [...models, 'nameless'] } : undefined,
      ),
    }),
  },
  {
    name: 'does not let a page send its key',
    breaks: ['cors-preflight'],
    how: () => header('access-control-allow-headers', 'Content-Type'),
  },
  {
    name: 'hides the conversation from pages',
    breaks: ['cors-answer'],
    how: () => header('access-control-expose-headers', 'Retry-After'),
  },
  {
    name: 'does not say hello',
    breaks: ['hello-first'],
    how: () => ({ toClient: frames('hello', () => []) }),
  },
  {
    name: 'does not tell its limits',
    breaks: ['hello-fields'],
    how: () => ({ toClient: frames('hello', (frame) => [without(frame, 'limits')]) }),
  },
  {
    name: 'tells two versions of itself',
    breaks: ['version-agrees'],
    how: () => ({ toClient: frames('hello', (frame) => [{ ...frame, gateway: '9.9.9' }]) }),
  },
  {
    name: 'sends no catalog',
    breaks: ['B.3-1', 'U1-1'],
    how: () => ({ toClient: frames('catalog', () => []) }),
  },
  {
    name: 'does not say what a surface belongs to',
    breaks: ['B.3-4', 'U1-1', 'U1-2'],
    how: () => ({
      toClient: frames('catalog', ({ catalog, ...frame }) => [
        { ...frame, catalog: (catalog as Fields[]).map((entry) => without(entry, 'scope')) },
      ]),
    }),
  },
  {
    name: 'sends no surface',
    breaks: ['B.3-3'],
    how: () => ({ toClient: frames('surface', () => []) }),
  },
  {
    name: 'swallows an action that nobody has',
    breaks: ['U4-1'],
    how: () => ({ toServer: sent('invoke', (frame) => (frame['actionId'] === 'probe/none' ? [] : [frame])) }),
  },
  {
    name: 'reads the body of a close',
    breaks: ['C1-1'],
    how: () => ({
      request: (request) =>
        request.path.endsWith('/close') && request.body === 'not read'
          ? refused(400, 'invalid-json')
          : request,
    }),
  },
  {
    name: 'makes a conversation of what it closes',
    breaks: ['C3-1'],
    how: () => ({
      answer: bodies(/^\/conversations\?q=probe_/, (body, { path }) => ({
        ...body,
        conversations: [{ id: path.split('=')[1] }],
      })),
    }),
  },
  {
    name: "opens another user's path",
    breaks: ['any-path'],
    // The proxy's own answer to an upgrade is the gateway's to the path it asks for.
    how: () => ({ upgradePath: (path) => (path.startsWith('/ws/user/') ? '/ws' : path) }),
  },
  { name: 'does not answer a ping', breaks: ['pong'], how: () => ({ toClient: frames('pong', () => []) }) },
  {
    name: 'closes the socket on an unknown frame',
    breaks: ['B.3-9a'],
    how: () => ({
      toServer: sent('probe.nonsense', (_, socket) => {
        socket.closeClient(1008);
        return [];
      }),
    }),
  },
  {
    name: 'says nothing to an unknown frame',
    breaks: ['B.3-9a'],
    how: () => ({ toServer: sent('probe.nonsense', () => []) }),
  },
  {
    name: 'closes the socket on what is no JSON',
    breaks: ['B.3-8'],
    how: () => ({
      toServer: (text, socket) => {
        if (text !== '{"type":') return [text];
        socket.closeClient(1007);
        return [];
      },
    }),
  },
  {
    name: 'swallows what is no frame',
    breaks: ['B.3-9b'],
    how: () => ({ toServer: (text) => (text === 'null' || text === '[]' ? [] : [text]) }),
  },
  {
    name: 'swallows a subscription of nothing',
    breaks: ['B.3-9c'],
    how: () => ({ toServer: sent('chat.subscribe', (frame) => ('conversationId' in frame ? [frame] : [])) }),
  },
  {
    name: 'does not say which surface is unknown',
    breaks: ['B.3-10a', 'B.3-10b', 'U4-1'],
    how: () => ({ toClient: frames('error', (frame) => [without(frame, 'surfaceId')]) }),
  },
  {
    name: 'swallows an empty message',
    breaks: ['B.4-1a'],
    how: () => ({ toServer: sent('chat.send', (frame) => (frame['message'] === '' ? [] : [frame])) }),
  },
  {
    name: 'gives refused frames no request id',
    breaks: ['refusal-shape'],
    how: () => ({
      toClient: (frame) => [frame.type.endsWith('error') ? without(frame, 'requestId') : frame],
    }),
  },
  {
    name: 'tells something of an idle conversation',
    breaks: ['B.4-8', 'B.4-11'],
    how: (gateway) => ({
      toServer: sent('chat.subscribe', async (frame, socket) => {
        const { conversationId } = frame;
        const { status } = await statusOf(gateway, conversationId);
        const event = { type: 'status', conversationId, status: 'idle' };
        if (status === 'idle' && !('after' in frame)) socket.sendToClient({ type: 'chat.delta', event });
        return [frame];
      }),
    }),
  },
  {
    name: 'never says that a cursor cannot be served',
    breaks: ['cursor-unknown', 'cursor-ahead'],
    how: () => ({ toClient: frames('chat.reset', () => []) }),
  },
  {
    name: 'takes a blank message',
    breaks: ['A.3-2'],
    how: () => ({
      request: chats((body) =>
        String(body['message'] ?? '').trim() === '' ? { ...body, message: 'x' } : body,
      ),
    }),
  },
  {
    name: 'takes a number for a model',
    breaks: ['A.3-5'],
    how: () => ({
      request: chats((body) => (typeof body['model'] === 'number' ? { ...body, model: 'probe/none' } : body)),
    }),
  },
  {
    name: 'takes an object for a folder',
    breaks: ['A.3-9'],
    how: () => ({
      request: chats((body) => (typeof body['cwd'] === 'object' ? without(body, 'cwd') : body)),
    }),
  },
  {
    name: 'takes what is no JSON object',
    breaks: ['A.3-20'],
    how: () => ({
      request: (request) =>
        request.path === '/chat' && request.method === 'POST' && fieldsIn(request.body) === undefined
          ? json(200, {})
          : request,
    }),
  },
  {
    name: 'takes any sinceSeq for none',
    breaks: ['A.4-7'],
    how: () => ({
      request: (request) =>
        /sinceSeq=(-|\d+\.|[a-z])/.test(request.path)
          ? { ...request, path: request.path.replace(/\?.*$/, '') }
          : request,
    }),
  },
  {
    name: 'does not take an empty sinceSeq for 0',
    breaks: ['A.4-9'],
    how: () => ({
      request: (request) => ({ ...request, path: request.path.replace(/sinceSeq=$/, 'sinceSeq=nothing') }),
    }),
  },
  {
    name: 'does not know conversations nobody has used',
    breaks: ['A.4-8'],
    how: (gateway) => ({
      answer: async (answer, request) => {
        const id = HISTORY.test(request.path) ? request.path.split(/[/?]/)[2] : undefined;
        if (id === undefined || !answer.body.startsWith('{"chunks":[],"latestSeq":0')) return answer;
        if ((await statusOf(gateway, id))['status'] !== 'idle' || request.path.includes('?')) return answer;
        return json(404, { error: 'Unknown.', code: 'not-found', retryable: false, requestId: 'req_1' });
      },
    }),
  },
  {
    name: 'has something at every path',
    breaks: ['unknown-route'],
    how: () => answerOf('/nowhere', 200, {}),
  },
  {
    name: 'gives its errors no request id',
    breaks: ['error-shape'],
    how: () => ({
      answer: bodies(/./, (body: Fields) => ('error' in body ? without(body, 'requestId') : undefined)),
    }),
  },
  {
    name: 'counts no throughput',
    breaks: ['A.3-19'],
    how: () => ({ answer: bodies(/throughput/, (body) => ({ ...body, models: [] })) }),
  },
];
