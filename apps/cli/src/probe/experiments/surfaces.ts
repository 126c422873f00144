import { fieldsOf } from '../../raw-http.ts';
import { experiment, type NotApplicable, notApplicable } from '../experiment.ts';
import type { ProbeFrame } from '../probe-socket.ts';
import { shown } from '../turn-facts.ts';

/** Surfaces that are looked at; one of each scope is what matters. */
const LOOKED_AT = 6;

interface Shown {
  readonly surfaceId: string;
  readonly scope: unknown;
  readonly answer: ProbeFrame | undefined;
}

interface Seen {
  readonly conversationId: string;
  readonly surfaces: readonly Shown[];
}

/** What extensions show. Nothing is invoked: that would change something. */
export const surfaces = experiment<Seen>({
  name: 'surfaces',
  needsModel: false,
  observe: async (session) => {
    const conversationId = session.conversation();
    const socket = await session.open();
    const catalog = (await socket.frame(({ type }) => type === 'catalog'))?.['catalog'];
    const found: Shown[] = [];
    for (const entry of (Array.isArray(catalog) ? catalog : []).slice(0, LOOKED_AT)) {
      const { id, scope } = fieldsOf(entry) ?? {};
      const surfaceId = String(id);
      const from = socket.frames.length;
      socket.send({ type: 'subscribe', surfaceId, conversationId });
      const answer = await socket.frame((frame) => idOf(frame) === surfaceId, from);
      found.push({ surfaceId, scope, answer });
    }
    return { conversationId, surfaces: found };
  },
  rows: [
    {
      id: 'B.3-2',
      says: 'catalog is sent again whenever it changes.',
      judge: () => notApplicable('a client cannot make it change'),
    },
    {
      id: 'B.3-3',
      says: 'Subscribing to a surface is answered by surface, sent once its updates are attached.',
      judge: (seen) => {
        const silent = seen.surfaces.find(({ answer }) => answer?.type !== 'surface');
        if (silent === undefined) return none(seen);
        return `${silent.surfaceId} was answered by ${silent.answer?.type ?? 'nothing'}`;
      },
    },
    {
      id: 'B.3-4',
      says: 'The conversation of a subscription is repeated on its frames, except for a global surface.',
      judge: (seen) => {
        for (const { surfaceId, scope, answer } of seen.surfaces) {
          const repeated = answer?.['conversationId'];
          const expected = scope === 'global' ? undefined : seen.conversationId;
          if (answer?.type === 'surface' && repeated !== expected) {
            return `${surfaceId} (${String(scope ?? 'no scope')}) repeats ${shown(repeated ?? 'none')}`;
          }
        }
        return none(seen);
      },
    },
    {
      id: 'B.3-6',
      says: 'Updates of surfaces and events of turns keep no order between each other.',
      judge: () => notApplicable('there is nothing to keep'),
    },
    {
      id: 'B.3-7',
      says: 'One invoke that succeeds makes exactly one update.',
      judge: () => notApplicable('the probe changes nothing that people see'),
    },
    {
      id: 'B.3-10c',
      says: 'An action that a surface does not have, or that fails, is answered by error.',
      judge: () => notApplicable('the probe changes nothing that people see'),
    },
  ],
});

function idOf(frame: ProbeFrame): unknown {
  if (frame.type === 'error') return frame['surfaceId'];
  return frame.type === 'surface' ? fieldsOf(frame['spec'])?.['id'] : undefined;
}

const none = ({ surfaces }: Seen): undefined | NotApplicable =>
  surfaces.length === 0 ? notApplicable('this gateway offers no surfaces') : undefined;
