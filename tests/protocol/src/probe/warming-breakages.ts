import type { Meddling } from '@dispatch/tests-processes';
import { type Breakage, bodies, type Fields, HISTORY, json, refused, without } from './breakage.ts';
import { switchAt, timer, warming } from './warming-specs.ts';

const LATER_MS = 60_000;

/** Which conversations have a turn under way, or had one, as one socket was told. */
function turnsOf(toClient: NonNullable<Meddling['toClient']>): NonNullable<Meddling['toClient']> {
  return (frame, socket) => {
    const event = frame.type === 'chat.delta' ? (frame['event'] as Fields) : undefined;
    if (event?.['type'] === 'turn-start') socket.memory.set('turn', 'running');
    if (event?.['type'] === 'turn-sealed') socket.memory.set('turn', 'over');
    return toClient(frame, socket);
  };
}

/** What can go wrong with warming itself. */
export const warmingBreakages: readonly Breakage[] = [
  {
    name: 'goes on telling the time of the warm that is over',
    breaks: ['W3-1', 'W3-2', 'W3-3', 'W4-2'],
    how: () =>
      timer(({ nextWarmAt, lastWarmAt }) => (nextWarmAt === null ? null : (lastWarmAt ?? nextWarmAt))),
  },
  {
    name: 'tells when it warms next in an update of its own',
    breaks: ['W3-1', 'W3-3'],
    how: () => ({
      toClient: warming(({ lastWarmAt }, _, socket) => {
        const isNews = socket.memory.get('last') !== lastWarmAt;
        socket.memory.set('last', lastWarmAt);
        return isNews ? { nextWarmAt: null } : {};
      }),
    }),
  },
  {
    name: 'plans while a turn runs',
    breaks: ['W2-2', 'W4-1'],
    how: () => ({
      toClient: turnsOf(
        warming(({ on, nextWarmAt, lastWarmAt }, _, socket) =>
          on && nextWarmAt === null && socket.memory.get('turn') === 'running'
            ? { nextWarmAt: Number(lastWarmAt) + LATER_MS }
            : {},
        ),
      ),
    }),
  },
  {
    name: 'does not plan again behind a turn',
    breaks: ['W4-2'],
    how: () => ({
      toClient: turnsOf(warming((_, __, socket) => (socket.memory.has('turn') ? { nextWarmAt: null } : {}))),
    }),
  },
  {
    name: 'tells a time though it is off',
    breaks: ['W4-1', 'W5-1', 'W6-1', 'W6-2', 'W6-3'],
    how: () =>
      timer(({ on, nextWarmAt, lastWarmAt }) =>
        on || lastWarmAt === null ? nextWarmAt : lastWarmAt + LATER_MS,
      ),
  },
  {
    name: 'stops warming when a socket breaks',
    breaks: ['W7-1'],
    how: (gateway) => ({
      toServer: (text, socket) => {
        const { type, conversationId } = JSON.parse(text) as Fields;
        if (type === 'subscribe') socket.memory.set('of', conversationId);
        return [text];
      },
      socketGone: (socket) => void switchAt(gateway, socket.memory.get('of'), false).catch(() => undefined),
    }),
  },
  {
    name: 'gives up behind a failure',
    breaks: ['W9-1', 'W9-2'],
    how: () => timer(({ nextWarmAt, lastError }) => (lastError === undefined ? nextWarmAt : null)),
  },
  {
    name: 'tries again as soon however often it fails',
    breaks: ['W9-2'],
    how: () => {
      let first: number | undefined;
      return timer(({ nextWarmAt, lastError, seconds }) => {
        if (lastError === undefined || nextWarmAt === null) return nextWarmAt;
        first ??= nextWarmAt;
        return nextWarmAt < first + 100 ? first : first + seconds * 1_000;
      });
    },
  },
  {
    name: 'counts a warm as a turn',
    breaks: ['W10-1', 'W10-2', 'W10-3'],
    how: () => {
      let hasWarmed = false;
      return {
        toClient: warming(({ lastWarmAt }, { update }, socket) => {
          const conversationId = (update as Fields | undefined)?.['conversationId'];
          if (lastWarmAt !== null && !hasWarmed) {
            const event = { type: 'usage', conversationId, turnId: 'trn_warm', usage: {} };
            socket.sendToClient({ type: 'chat.delta', event });
          }
          hasWarmed ||= lastWarmAt !== null;
          return {};
        }),
        answer: async (answer, request) => {
          const more = (field: string) =>
            bodies(/./, (body) => ({ ...body, [field]: [...(body[field] as unknown[]), {}] }))(
              answer,
              request,
            );
          if (!hasWarmed) return answer;
          if (request.path.endsWith('/metrics')) return more('turns');
          return HISTORY.test(request.path) ? more('chunks') : answer;
        },
      };
    },
  },
  {
    name: 'warms while a turn runs',
    breaks: ['W11-1'],
    how: () => ({
      toClient: turnsOf(
        warming(({ lastWarmAt }, _, socket) => {
          if (socket.memory.get('turn') !== 'running') return {};
          const more = Number(socket.memory.get('more') ?? 0) + 1;
          socket.memory.set('more', more);
          return { lastWarmAt: Number(lastWarmAt) + more };
        }),
      ),
    }),
  },
  {
    name: 'says that it warmed a conversation that answers',
    breaks: ['W11-2'],
    how: () => ({
      answer: (answer, { path }) =>
        path === '/chat/warm' && answer.body.includes('turn-running') ? json(200, {}) : answer,
    }),
  },
  {
    name: 'gets the figures of a warm wrong',
    breaks: ['G.2-1'],
    how: () => ({
      answer: bodies(/^\/chat\/warm$/, (body) =>
        'cachePct' in body ? { ...body, cachePct: Number(body['cachePct']) + 1 } : undefined,
      ),
    }),
  },
  {
    name: 'leaves a figure of a warm out',
    breaks: ['G.2-1'],
    how: () => ({
      answer: bodies(/^\/chat\/warm$/, (body) =>
        'cachePct' in body ? without(body, 'cacheWriteTokens') : undefined,
      ),
    }),
  },
  {
    name: 'cannot warm by hand',
    breaks: ['G.2-1', 'W3-3'],
    how: () => ({
      answer: (answer, { path }) =>
        path === '/chat/warm' && answer.status === 200 ? refused(503, 'warm-unavailable') : answer,
    }),
  },
  {
    name: 'closes without saying what it ended',
    breaks: ['T5-5'],
    how: () => ({ answer: bodies(/\/close$/, (body) => ({ ...body, abortedTurn: false })) }),
  },
  {
    name: 'ends a turn with every close',
    breaks: ['C1-1', 'C1-2'],
    how: () => ({ answer: bodies(/\/close$/, (body) => ({ ...body, abortedTurn: true })) }),
  },
  {
    name: 'goes on warming what was closed',
    breaks: ['W6-1', 'W6-2', 'W6-3'],
    how: () => ({
      // It ends the turn and nothing else.
      request: (request) => ({ ...request, path: request.path.replace(/close$/, 'stop') }),
      answer: bodies(/\/stop$/, ({ stopped, ...body }) => ({ ...body, abortedTurn: stopped })),
    }),
  },
  {
    name: 'warms again when somebody writes to what was closed',
    breaks: ['W6-3'],
    how: (gateway) => {
      const closed = new Set<unknown>();
      return {
        request: async (request) => {
          if (request.path.endsWith('/close')) closed.add(request.path.split('/')[2]);
          const conversationId =
            request.path === '/chat' ? JSON.parse(request.body).conversationId : undefined;
          if (closed.has(conversationId)) await switchAt(gateway, conversationId, true);
          return request;
        },
      };
    },
  },
];
