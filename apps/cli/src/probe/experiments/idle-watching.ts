import { experiment } from '../experiment.ts';
import type { ProbeDelta, ProbeFrame } from '../probe-socket.ts';
import { eventsOf, kindsOf, shown } from '../turn-facts.ts';

interface Seen {
  readonly idle: readonly ProbeDelta[];
  readonly others: readonly ProbeFrame[];
  readonly reset: ProbeFrame | undefined;
  readonly conversationId: string;
}

/** Watching a conversation in which nothing has happened. */
export const idleWatching = experiment<Seen>({
  name: 'idle-watching',
  needsModel: false,
  observe: async (session) => {
    const conversationId = session.conversation();
    const socket = await session.open();
    await socket.frame(({ type }) => type === 'catalog');
    const from = socket.frames.length;
    await socket.watch(conversationId);
    const idle = socket.deltas(conversationId);
    const others = socket.frames.slice(from);
    const second = await session.open();
    second.send({ type: 'chat.subscribe', conversationId, turnId: 'trn_probe_none', after: 0 });
    const reset = await second.frame(({ type }) => type === 'chat.reset' || type === 'chat.error');
    return { idle, others, reset, conversationId };
  },
  rows: [
    {
      id: 'B.4-8',
      says: 'Watching an idle conversation sends nothing of it.',
      judge: ({ idle, others, conversationId }) => {
        if (idle.length > 0) return `it sent ${kindsOf(eventsOf(idle))}`;
        const other = others.find(
          (frame) => frame['conversationId'] === conversationId && frame.type !== 'ack',
        );
        return other === undefined ? undefined : `it sent ${other.type}`;
      },
    },
    {
      id: 'cursor-unknown',
      says: 'A cursor in a turn that does not exist is answered by chat.reset with the reason unknown-turn.',
      judge: ({ reset }) => {
        if (reset === undefined) return 'nothing came';
        return reset.type === 'chat.reset' && reset['reason'] === 'unknown-turn' ? undefined : shown(reset);
      },
    },
  ],
});
