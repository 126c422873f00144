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
  /** Kinds of the frames up to the catalog. */
  readonly opening: readonly string[];
  /** Entries of the catalog. */
  readonly catalog: readonly Readonly<Record<string, unknown>>[];
  /** What was said to an action that no surface has. Undefined where there is no surface of a conversation. */
  readonly refused: { readonly surfaceId: string; readonly error: ProbeFrame | undefined } | undefined;
}

/** Surfaces that are part of every gateway, and what they belong to. */
const SCOPES: Readonly<Record<string, string>> = {
  'loaded-extensions': 'global',
  'cache-warming': 'conversation',
};

/** What extensions show. Nothing is invoked but an action that no surface has: others would change something. */
export const surfaces = experiment<Seen>({
  name: 'surfaces',
  needsModel: false,
  observe: async (session) => {
    const conversationId = session.conversation();
    const socket = await session.open();
    const told = (await socket.frame(({ type }) => type === 'catalog'))?.['catalog'];
    const at = socket.frames.findIndex(({ type }) => type === 'catalog');
    const opening = socket.frames.slice(0, at + 1).map(({ type }) => type);
    const catalog = (Array.isArray(told) ? told : []).map((entry) => fieldsOf(entry) ?? {});
    const found: Shown[] = [];
    for (const { id, scope } of catalog.slice(0, LOOKED_AT)) {
      const surfaceId = String(id);
      const from = socket.frames.length;
      socket.send({ type: 'subscribe', surfaceId, conversationId });
      const answer = await socket.frame((frame) => idOf(frame) === surfaceId, from);
      found.push({ surfaceId, scope, answer });
    }
    const [entry] = catalog.filter(({ scope }) => scope === 'conversation');
    if (entry === undefined) return { conversationId, surfaces: found, opening, catalog, refused: undefined };
    const surfaceId = String(entry['id']);
    const from = socket.frames.length;
    socket.send({ type: 'invoke', surfaceId, actionId: 'probe/none', conversationId });
    const error = await socket.frame(({ type }) => type === 'error', from);
    return { conversationId, surfaces: found, opening, catalog, refused: { surfaceId, error } };
  },
  rows: [
    {
      id: 'U1-1',
      says: 'Behind hello the catalog is the first frame, and every entry says what it belongs to.',
      judge: ({ opening, catalog }) => {
        const before = opening.filter((type) => type !== 'hello' && type !== 'catalog');
        if (opening.length === 0) return 'no catalog came';
        if (before.length > 0) return `${before[0]} came before it`;
        const odd = catalog.find(({ scope }) => scope !== 'global' && scope !== 'conversation');
        return odd === undefined ? undefined : `one entry is ${shown(odd)}`;
      },
    },
    {
      id: 'U1-2',
      says: 'The table of extensions belongs to no conversation, cache warming to one.',
      judge: ({ catalog }) => {
        const known = catalog.filter(({ id }) => Object.hasOwn(SCOPES, String(id)));
        if (known.length === 0) return notApplicable('this gateway offers neither');
        const odd = known.find(({ id, scope }) => scope !== SCOPES[String(id)]);
        return odd === undefined ? undefined : `one entry is ${shown(odd)}`;
      },
    },
    {
      id: 'U4-1',
      says: 'An action that a surface does not have is answered by error, which names the surface.',
      judge: ({ refused }) => {
        if (refused === undefined) return notApplicable('this gateway offers no surface of a conversation');
        const { error, surfaceId } = refused;
        if (error === undefined) return 'nothing came';
        if (error['surfaceId'] !== surfaceId) return `the error names ${shown(error['surfaceId'] ?? 'none')}`;
        return undefined;
      },
    },
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
      judge: () => notApplicable('dispatch probe --warming looks at it, as U4-2'),
    },
    {
      id: 'B.3-10c',
      says: 'An action that a surface does not have, or that fails, is answered by error.',
      judge: () => notApplicable('U4-1 looks at the one; the probe can make no action fail'),
    },
  ],
});

function idOf(frame: ProbeFrame): unknown {
  if (frame.type === 'error') return frame['surfaceId'];
  return frame.type === 'surface' ? fieldsOf(frame['spec'])?.['id'] : undefined;
}

const none = ({ surfaces }: Seen): undefined | NotApplicable =>
  surfaces.length === 0 ? notApplicable('this gateway offers no surfaces') : undefined;
