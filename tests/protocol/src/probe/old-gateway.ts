import type { Frame, MeddledAnswer, Meddling } from '@dispatch/tests-processes';
import { type Fields, fieldsIn, without } from './breakage.ts';

/** Frames and paths that came with 0.10.0. */
const NEW_FRAMES = ['hello', 'ack', 'pong', 'ping', 'status', 'chat.reset', 'bye'];
const NEW_PATHS = /^\/(version|readyz)$|\/(stop|status)$/;
const NEW_OF_A_ROW = ['turnId', 'messageId', 'createdAt'];
const NEW_OF_A_TURN = ['model', 'reason', 'startedAt', 'sealedAt'];

const notFound: MeddledAnswer = {
  status: 404,
  headers: { 'content-type': 'text/plain' },
  body: '404 Not Found',
};

/** What a gateway of transport-contract 0.9.0 is to a client: today's without what came later. */
export const oldGateway: Meddling = {
  toClient: (frame) => (NEW_FRAMES.includes(frame.type) ? [] : [oldFrame(frame)]),
  toServer: (text) => {
    const frame = fieldsIn(text);
    if (frame === undefined) return [text];
    // No default branch: what it does not know it does not answer.
    if (!['subscribe', 'unsubscribe', 'invoke'].includes(String(frame['type'])) && !isChat(frame)) return [];
    return [JSON.stringify(strip(frame, ['id', 'idempotencyKey', 'after', 'turnId']))];
  },
  request: (request) => {
    const { 'idempotency-key': _, ...headers } = request.headers;
    if (NEW_PATHS.test(request.path)) return notFound;
    const body = fieldsIn(request.body);
    return {
      ...request,
      headers,
      body: body ? JSON.stringify(without(body, 'idempotencyKey')) : request.body,
    };
  },
  answer: (answer, request) => {
    const body = fieldsIn(answer.body);
    if (body === undefined || request.method === 'OPTIONS') return answer;
    return { ...answer, body: JSON.stringify(oldBody(body)) };
  },
  line: (line) => [JSON.stringify(oldEvent(JSON.parse(line) as Fields))],
};

const isChat = ({ type, conversationId }: Fields): boolean =>
  type === 'chat.send' || (String(type).startsWith('chat.') && conversationId !== undefined);

const strip = (fields: Fields, names: readonly string[]): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));

const oldEvent = (event: Fields): Fields =>
  event['type'] === 'turn-start' ? without(event, 'model') : event;

function oldFrame(frame: Frame): object {
  if (frame.type === 'chat.delta') return { type: frame.type, event: oldEvent(frame['event'] as Fields) };
  if (!frame.type.endsWith('error')) return frame;
  return strip(frame, ['code', 'hint', 'retryable', 'requestId', 'id']);
}

function oldBody(body: Fields): Fields {
  if ('error' in body) return { error: body['error'] };
  const { chunks, turns } = body;
  if (Array.isArray(chunks))
    return { ...body, chunks: chunks.map((row) => strip(row as Fields, NEW_OF_A_ROW)) };
  if (Array.isArray(turns)) return { turns: turns.map((turn) => strip(turn as Fields, NEW_OF_A_TURN)) };
  return body;
}
