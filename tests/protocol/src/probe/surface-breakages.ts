import type { MeddledSocket } from '@dispatch/tests-processes';
import { type Breakage, type Fields, frames, sent, without } from './breakage.ts';
import { warming } from './warming-specs.ts';

const ack = (socket: MeddledSocket, { id }: Fields): readonly object[] => {
  socket.sendToClient({ type: 'ack', id });
  return [];
};

const isToggle = ({ actionId }: Fields): boolean => actionId === 'cache-warming/toggle';

/** Actions of a kind whose refusals are told otherwise. */
const refusals = (
  isMeant: (frame: Fields) => boolean,
  change: (frame: Fields) => readonly object[],
): Breakage['how'] => {
  return () => ({
    toServer: sent('invoke', (frame, socket) => {
      if (isMeant(frame)) socket.memory.set(`meant ${frame['id']}`, true);
      return [frame];
    }),
    toClient: frames('error', (frame, socket) =>
      socket.memory.has(`meant ${frame['id']}`) ? change(frame) : [frame],
    ),
  });
};

/** What can go wrong with a surface and its actions, seen on that of warming. */
export const surfaceBreakages: readonly Breakage[] = [
  {
    name: 'is on from the beginning',
    breaks: ['W1-1'],
    how: () => ({
      toClient: warming((_, { type }) => (type === 'surface' ? { on: true } : {})),
    }),
  },
  {
    name: 'goes back to its first interval when it is switched on',
    breaks: ['W2-1'],
    how: () => ({ toClient: warming(({ on }) => (on ? { seconds: 240 } : {})) }),
  },
  {
    name: 'switches on whatever is wanted by a flip',
    breaks: ['W13-1'],
    how: () => ({
      toServer: sent('invoke', (frame) => [
        isToggle(frame) && !('payload' in frame) ? { ...frame, payload: true } : frame,
      ]),
    }),
  },
  {
    name: 'flips whatever is said',
    breaks: ['U4-4', 'W13-2'],
    how: () => ({
      toServer: sent('invoke', (frame) => [isToggle(frame) ? without(frame, 'payload') : frame]),
    }),
  },
  {
    name: 'plans anew when it is told what already is',
    breaks: ['W13-2'],
    how: () => ({
      toClient: warming(({ on, nextWarmAt }, _, socket) => {
        const said = Number(socket.memory.get('on') ?? 0) + (on ? 1 : 0);
        socket.memory.set('on', said);
        return nextWarmAt === null ? {} : { nextWarmAt: nextWarmAt + (said === 3 ? 900 : 0) };
      }),
    }),
  },
  {
    name: 'forgets of which conversation a surface is',
    breaks: ['B.3-4', 'U2-1'],
    how: () => ({
      toClient: (frame) => {
        if (frame.type === 'surface') return [without(frame, 'conversationId')];
        if (frame.type !== 'update') return [frame];
        return [{ ...frame, update: without(frame['update'] as Fields, 'conversationId') }];
      },
    }),
  },
  {
    name: 'forgets it on updates alone',
    breaks: ['U2-1'],
    how: () => ({
      toClient: frames('update', ({ update, ...frame }) => [
        { ...frame, update: without(update as Fields, 'conversationId') },
      ]),
    }),
  },
  {
    name: 'sends every update twice',
    breaks: ['U3-1', 'U4-2'],
    how: () => ({ toClient: frames('update', (frame) => [frame, frame]) }),
  },
  {
    name: 'sends no update where nothing has changed',
    breaks: ['U4-2', 'U4-3', 'U4-4', 'W13-2'],
    how: () => ({
      toClient: warming(({ on, seconds }, _, socket) => {
        const key = `${on} ${seconds}`;
        if (socket.memory.get('shown') === key) return undefined;
        socket.memory.set('shown', key);
        return {};
      }),
    }),
  },
  {
    name: 'swallows an interval of 0',
    breaks: ['U4-3'],
    how: refusals(
      ({ payload }) => payload === 0,
      () => [],
    ),
  },
  {
    name: 'acknowledges an interval that it refuses',
    breaks: ['U4-3'],
    how: refusals(
      ({ actionId }) => actionId === 'cache-warming/set-interval',
      ({ id }) => [{ type: 'ack', id }],
    ),
  },
  {
    name: 'does not say whose switch it refuses',
    breaks: ['U4-4'],
    how: refusals(isToggle, (frame) => [without(frame, 'surfaceId')]),
  },
  {
    name: 'tells a change to those of another conversation, too',
    breaks: ['U3-2'],
    how: () => {
      const watching = new Map<MeddledSocket, unknown>();
      return {
        toServer: sent('subscribe', (frame, socket) => {
          watching.set(socket, frame['conversationId']);
          return [frame];
        }),
        toClient: frames('update', (frame, socket) => {
          for (const [other, conversation] of watching) {
            if (conversation !== watching.get(socket)) other.sendToClient(frame);
          }
          return [frame];
        }),
      };
    },
  },
  {
    name: 'tells a change to whoever made it alone',
    breaks: ['U3-1'],
    how: () => ({
      toServer: sent('invoke', (frame, socket) => {
        socket.memory.set('acts', true);
        return [frame];
      }),
      toClient: frames('update', (frame, socket) => (socket.memory.has('acts') ? [frame] : [])),
    }),
  },
  {
    name: 'never lets go of who is subscribed',
    breaks: ['U3-3'],
    how: () => ({ toServer: sent('unsubscribe', (frame, socket) => ack(socket, frame)) }),
  },
];
