import { type Breakage, bodies, events, type Fields, frames, sent } from './breakage.ts';

/** Every way in which a turn can end. */
const ENDS = ['T1-1', 'T1-2', 'T1-3', 'T1-4'];

/** What can go wrong with the events of a turn on a socket. */
export const turnBreakages: readonly Breakage[] = [
  {
    name: 'drops turn-sealed',
    breaks: ['A.3-13', 'C.3-5', 'C.3-6', ...ENDS, 'T5-1', 'stop-1'],
    how: () => ({ toClient: events((event, frame) => (event['type'] === 'turn-sealed' ? [] : [frame])) }),
  },
  {
    name: 'drops done',
    breaks: ['A.3-13', 'C.3-5', ...ENDS, 'T5-1', 'stop-1', 'turn-numbered'],
    how: () => ({ toClient: events((event, frame) => (event['type'] === 'done' ? [] : [frame])) }),
  },
  {
    name: 'repeats a delta',
    breaks: ['turn-numbered'],
    how: () => ({ toClient: events((_, frame) => (frame['n'] === 5 ? [frame, frame] : [frame])) }),
  },
  {
    name: 'says something behind turn-sealed',
    breaks: ['A.3-13', 'C.3-6', ...ENDS, 'T5-1', 'stop-1'],
    how: () => ({
      toClient: events((event, frame) => {
        if (event['type'] !== 'turn-sealed') return [frame];
        const more = {
          ...event,
          type: 'usage',
          stepId: 'behind',
          usage: { inputTokens: 0, outputTokens: 0 },
        };
        return [frame, { type: 'chat.delta', n: Number(frame['n']) + 1, event: more }];
      }),
    }),
  },
  {
    name: 'gives the wrong reason for an abort',
    breaks: ['T5-1', 'stop-1'],
    how: () => ({
      toClient: events((event, frame) =>
        event['reason'] === 'aborted' ? [{ ...frame, event: { ...event, reason: 'stop' } }] : [frame],
      ),
    }),
  },
  {
    name: 'begins a turn twice',
    breaks: ['A.3-13', 'C.3-1', 'C.3-2', 'turn-numbered'],
    how: () => ({
      toClient: events((event, frame) =>
        event['type'] === 'user-message' ? [frame, { type: 'chat.delta', event }] : [frame],
      ),
    }),
  },
  {
    name: 'begins to speak before turn-start',
    breaks: ['A.3-13', 'C.3-2'],
    how: () => ({
      toClient: events((event, frame, socket) => {
        // Numbers stay in order, what they stand for changes places.
        if (frame['n'] === 1) {
          socket.memory.set(`start ${event['turnId']}`, event);
          return [];
        }
        const start = socket.memory.get(`start ${event['turnId']}`);
        if (frame['n'] !== 2 || start === undefined) return [frame];
        return [
          { ...frame, n: 1 },
          { ...frame, event: start },
        ];
      }),
    }),
  },
  {
    name: 'drops step-complete',
    breaks: ['A.3-13', 'C.3-14', 'C.3-3', 'C.3-4', 'turn-numbered'],
    how: () => ({ toClient: events((event, frame) => (event['type'] === 'step-complete' ? [] : [frame])) }),
  },
  {
    name: 'gives up behind the first step',
    breaks: ['C.3-14'],
    how: () => ({
      toClient: events((event, frame, socket) => {
        const key = `tools ${event['turnId']}`;
        if (event['type'] === 'tool-result') socket.memory.set(key, true);
        return event['type'] === 'step-complete' && socket.memory.has(key) ? [] : [frame];
      }),
    }),
  },
  {
    name: 'answers tools in another order than they were called',
    breaks: ['C.3-4'],
    how: () => ({
      toClient: events((event, frame, socket) => {
        if (event['type'] !== 'tool-result') return [frame];
        const first = socket.memory.get('result');
        socket.memory.set('result', { event, frame });
        if (first === undefined) return [];
        const { event: earlier, frame: itsFrame } = first as { event: Fields; frame: Fields };
        return [
          { ...itsFrame, event },
          { ...frame, event: earlier },
        ];
      }),
    }),
  },
  {
    name: 'names another turn once',
    breaks: ['A.3-13', 'C.3-13', 'turn-numbered'],
    how: () => ({
      toClient: events((event, frame) =>
        event['type'] === 'usage' ? [{ ...frame, event: { ...event, turnId: 'trn_other' } }] : [frame],
      ),
    }),
  },
  {
    name: 'puts a seq on live events',
    breaks: ['B.4-13'],
    how: () => ({ toClient: events((_, frame) => [{ ...frame, seq: 1 }]) }),
  },
  {
    name: 'does not number events',
    breaks: ['turn-numbered'],
    how: () => ({ toClient: events((event) => [{ type: 'chat.delta', event }]) }),
  },
  {
    name: 'tells a failing turn as a refusal, too',
    breaks: ['B.4-5'],
    how: () => ({
      toClient: events((event, frame) =>
        event['type'] === 'error'
          ? [frame, { type: 'chat.error', message: 'It failed.', conversationId: event['conversationId'] }]
          : [frame],
      ),
    }),
  },
  {
    name: 'tells its sender the first words in another order',
    breaks: ['B.3-5', 'B.4-4b'],
    how: () => ({
      toServer: sent('chat.subscribe', (frame, socket) => {
        socket.memory.set('watches', true);
        return [frame];
      }),
      toClient: events((event, frame, socket) => {
        if (socket.memory.has('watches') || event['type'] !== 'text-delta') return [frame];
        const held = socket.memory.get('held') as object | undefined;
        if (frame['n'] === 4) {
          socket.memory.set('held', frame);
          return [];
        }
        socket.memory.delete('held');
        return held === undefined ? [frame] : [frame, held];
      }),
    }),
  },
  {
    name: 'forgets the turn in its acknowledgement',
    breaks: ['ack'],
    how: () => ({
      toClient: frames('ack', ({ turnId: _, ...ack }) => [ack]),
    }),
  },
  {
    name: 'trims what comes over the socket',
    breaks: ['B.4-1b', 'B.4-1c', 'D1'],
    how: () => ({
      toServer: sent('chat.send', (frame) => {
        const { message } = frame;
        return [typeof message === 'string' ? { ...frame, message: message.trim() } : frame];
      }),
    }),
  },
  {
    name: 'wants a conversation to be named',
    breaks: ['B.4-2'],
    how: () => ({
      toServer: sent('chat.send', (frame, socket) => {
        if ('conversationId' in frame) return [frame];
        socket.sendToClient({
          type: 'chat.error',
          id: frame['id'],
          message: 'Which one?',
          code: 'invalid-request',
        });
        return [];
      }),
    }),
  },
  {
    name: 'does not say which conversation is busy',
    breaks: ['B.4-1a', 'B.4-4a'],
    how: () => ({
      toClient: frames('chat.error', ({ conversationId: _, ...frame }) => [frame]),
    }),
  },
  {
    name: 'acknowledges what it refuses',
    breaks: ['B.4-4a'],
    how: () => ({
      toClient: frames('chat.error', (frame) =>
        frame['code'] === 'turn-running'
          ? [{ type: 'ack', id: frame['id'], conversationId: frame['conversationId'], turnId: 'trn_none' }]
          : [frame],
      ),
    }),
  },
  {
    name: 'calls a running turn idle',
    breaks: ['status', 'stop-2'],
    how: () => ({ answer: bodies(/\/status$/, (body) => ({ ...body, status: 'idle', turnId: null })) }),
  },
];
