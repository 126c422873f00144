import type { MeddledSocket } from '@dispatch/tests-processes';
import { type Breakage, events, sent } from './breakage.ts';

/** How far each turn was told to anybody, shared by the sockets of one proxy. */
function progress() {
  const newest = new Map<unknown, { n: number; isOver: boolean }>();
  return {
    seen: (conversationId: unknown, n: number, isOver: boolean) => {
      const known = newest.get(conversationId);
      if (known === undefined || n > known.n || known.isOver) newest.set(conversationId, { n, isOver });
    },
    /** Newest number of a turn under way; undefined while none is. */
    of: (conversationId: unknown) => {
      const known = newest.get(conversationId);
      return known === undefined || known.isOver ? undefined : known.n;
    },
  };
}

/** Changes what sockets get that began to watch during a turn: `joinedAt` is the newest event there was then. */
function lateWatchers(change: (n: number, joinedAt: number) => boolean): Breakage['how'] {
  return () => {
    const turns = progress();
    return {
      toServer: sent('chat.subscribe', (frame, socket) => {
        const joinedAt = turns.of(frame['conversationId']);
        if (joinedAt !== undefined && !('after' in frame)) socket.memory.set('joined', joinedAt);
        return [frame];
      }),
      toClient: events((event, frame, socket) => {
        const n = Number(frame['n']);
        turns.seen(event['conversationId'], n, event['type'] === 'turn-sealed');
        const joinedAt = socket.memory.get('joined') as number | undefined;
        return joinedAt === undefined || change(n, joinedAt) ? [frame] : [];
      }),
    };
  };
}

const watches = (socket: MeddledSocket): boolean => socket.memory.has('watches');
const remembersWatching = sent('chat.subscribe', (frame, socket) => {
  socket.memory.set('watches', true);
  return [frame];
});

const remembersSending = sent('chat.send', (frame, socket) => {
  socket.memory.set('sends', frame['conversationId']);
  return [frame];
});

/** What can go wrong with who gets a turn. */
export const watchingBreakages: readonly Breakage[] = [
  {
    name: 'loses an event between replay and live',
    breaks: ['R9'],
    how: lateWatchers((n, joinedAt) => n !== joinedAt + 1),
  },
  {
    name: 'replays nothing to late watchers',
    breaks: ['B.4-7', 'B.4-9b', 'R9'],
    how: lateWatchers((n, joinedAt) => n > joinedAt),
  },
  {
    name: 'replays again to who watches twice',
    breaks: ['B.4-9a'],
    how: () => ({
      toServer: sent('chat.subscribe', (frame, socket) => {
        const key = `watches ${frame['conversationId']}`;
        if (!socket.memory.has(key)) {
          socket.memory.set(key, true);
          return [frame];
        }
        return [{ type: 'chat.unsubscribe', conversationId: frame['conversationId'] }, frame];
      }),
    }),
  },
  {
    name: 'never lets go of a watcher',
    breaks: ['B.4-9b', 'unsubscribe'],
    how: () => ({ toServer: sent('chat.unsubscribe', () => []) }),
  },
  {
    name: 'forgets its watchers with the turn',
    breaks: ['B.4-10'],
    how: () => ({
      toClient: events((event, frame, socket) => {
        const key = `over ${event['conversationId']}`;
        if (socket.memory.has(key) && socket.memory.get(key) !== event['turnId']) return [];
        if (event['type'] === 'turn-sealed') socket.memory.set(key, event['turnId']);
        return [frame];
      }),
    }),
  },
  {
    name: 'begins to send to the sender too late',
    breaks: ['B.3-5', 'B.4-1c', 'B.4-3', 'B.4-4b', 'B.4-6'],
    how: () => ({
      toServer: remembersWatching,
      toClient: events((_, frame, socket) => (frame['n'] === 0 && !watches(socket) ? [] : [frame])),
    }),
  },
  {
    name: 'gives a refused sender nothing of the running turn',
    breaks: ['B.4-12', 'B.4-4b'],
    how: () => ({
      toServer: async (text, socket) => {
        if (text.includes('A rival.')) socket.memory.set('rival', true);
        return [text];
      },
      toClient: events((_, frame, socket) => (socket.memory.has('rival') ? [] : [frame])),
    }),
  },
  {
    name: 'has room for a few watchers',
    breaks: ['B.4-12', 'B.4-7'],
    how: () => ({
      toServer: sent('chat.subscribe', (frame, socket) => {
        if (!String(frame['id']).startsWith('late')) return [frame];
        socket.sendToClient({ type: 'ack', id: frame['id'] });
        return [];
      }),
    }),
  },
  {
    name: 'replays everything whatever the cursor',
    breaks: ['cursor-resume'],
    how: () => ({
      toServer: sent('chat.subscribe', (frame) => [
        Number(frame['after']) < 1_000 ? { ...frame, after: -1 } : frame,
      ]),
    }),
  },
  {
    name: 'keeps no events of a sealed turn',
    breaks: ['cursor-start'],
    how: () => ({
      toServer: sent('chat.subscribe', ({ id, conversationId, turnId, after, ...frame }, socket) => {
        if (after !== -1) return [{ ...frame, id, conversationId, turnId, after }];
        socket.sendToClient({ type: 'chat.reset', conversationId, turnId, reason: 'too-old' });
        return [{ ...frame, id, conversationId }];
      }),
    }),
  },
  {
    name: 'stops the turn of a socket that breaks',
    breaks: ['T7-1'],
    how: (gateway) => ({
      toServer: remembersSending,
      socketGone: (socket, code) => {
        if (code === 1006) void stop(gateway, socket.memory.get('sends'));
      },
    }),
  },
  {
    name: 'stops the turn of a sender that looks away',
    breaks: ['T7-2'],
    how: (gateway) => ({
      toServer: async (text, socket) => {
        await remembersSending(text, socket);
        if (text.includes('chat.unsubscribe')) await stop(gateway, socket.memory.get('sends'));
        return [text];
      },
    }),
  },
  {
    name: 'stops the turn of a request that is dropped',
    breaks: ['A.3-18'],
    how: (gateway) => ({
      streamLeft: ({ body }) => void stop(gateway, JSON.parse(body).conversationId),
    }),
  },
];

async function stop(gateway: string, conversationId: unknown): Promise<void> {
  if (typeof conversationId !== 'string') return;
  await fetch(`${gateway}/conversations/${conversationId}/stop`, { method: 'POST' }).catch(() => undefined);
}
