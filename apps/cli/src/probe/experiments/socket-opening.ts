import { helloMessageSchema } from '@dispatch/transport-contract/schema';
import { fieldsOf } from '../../raw-http.ts';
import { experiment, unseen } from '../experiment.ts';
import type { ProbeSocket } from '../probe-socket.ts';
import { kindsOf, shown } from '../turn-facts.ts';

interface Seen {
  readonly socket: ProbeSocket;
  readonly version: unknown;
  /** How opening other paths went: nothing, or why it failed. */
  readonly anyPath: string | undefined;
  readonly ownPath: string | undefined;
  readonly foreignPath: string | undefined;
  readonly pong: unknown;
}

/** What a socket begins with. */
export const socketOpening = experiment<Seen>({
  name: 'socket-opening',
  needsModel: false,
  observe: async (session) => {
    const socket = await session.open();
    await socket.frame(({ type }) => type === 'catalog');
    const { json } = await session.ask('GET', '/version');
    const tried = (path: string): Promise<string | undefined> =>
      session.open(path).then(
        () => undefined,
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      );
    const user = helloOf(socket)?.['user'];
    const [anyPath, ownPath, foreignPath] = await Promise.all([
      tried('/'),
      typeof user === 'string' ? tried(`/ws/user/${encodeURIComponent(user)}`) : undefined,
      tried('/ws/user/usr_somebody_else'),
    ]);
    const from = socket.frames.length;
    socket.send({ type: 'ping' });
    const pong = await socket.frame(({ type }) => type === 'pong', from);
    return { socket, version: json, anyPath, ownPath, foreignPath, pong };
  },
  rows: [
    {
      id: 'hello-first',
      says: 'The first frame of a socket is hello.',
      judge: ({ socket }) =>
        socket.frames[0]?.type === 'hello' ? undefined : `it came as ${kindsOf(socket.frames)}`,
    },
    {
      id: 'hello-fields',
      says: 'hello tells versions, capabilities, user, epoch, heartbeat, clock and limits.',
      judge: ({ socket }) => {
        const hello = helloOf(socket);
        if (hello === undefined) return unseen('no hello came');
        const [issue] = helloMessageSchema.safeParse(hello).error?.issues ?? [];
        if (issue !== undefined) return `${issue.path.join('.')}: ${issue.message}`;
        const empty = ['gateway', 'bootId', 'epoch', 'user'].find((field) => hello[field] === '');
        return empty === undefined ? undefined : `${empty} is empty`;
      },
    },
    {
      id: 'version-agrees',
      says: 'GET /version tells the same versions, boot and epoch as hello.',
      judge: ({ socket, version }) => {
        const hello = helloOf(socket);
        if (hello === undefined) return unseen('no hello came');
        const other = ['gateway', 'contracts', 'bootId', 'epoch'].find(
          (field) => shown(hello[field] ?? null) !== shown(fieldsOf(version)?.[field] ?? null),
        );
        if (other === undefined) return undefined;
        return `${other} is ${shown(hello[other])} in hello and ${shown(fieldsOf(version)?.[other])} in /version`;
      },
    },
    {
      id: 'B.3-1',
      says: 'catalog is the first frame behind hello, so that it is the first one older clients know.',
      judge: ({ socket }) => {
        const [first] = socket.frames.filter(({ type }) => type !== 'hello');
        if (first?.type !== 'catalog') return `it came as ${kindsOf(socket.frames)}`;
        const entries = first['catalog'];
        if (!Array.isArray(entries)) return `its catalog is ${shown(entries)}`;
        const odd = entries.find((entry) => {
          const { id, region, title, scope } = fieldsOf(entry) ?? {};
          const isNamed = [id, region, title].every((text) => typeof text === 'string');
          return !isNamed || (scope !== undefined && scope !== 'global' && scope !== 'conversation');
        });
        return odd === undefined ? undefined : `one entry is ${shown(odd)}`;
      },
    },
    {
      id: 'any-path',
      says: "A socket opens on any path; the user's own is one, another user's is refused.",
      judge: ({ anyPath, ownPath, foreignPath }) => {
        if (anyPath !== undefined) return `/: ${anyPath}`;
        if (ownPath !== undefined) return `the own path: ${ownPath}`;
        return foreignPath === undefined ? "another user's path opened" : undefined;
      },
    },
    {
      id: 'pong',
      says: 'A ping of the client is answered by pong.',
      judge: ({ pong }) => (pong === undefined ? 'no pong came' : undefined),
    },
  ],
});

const helloOf = (socket: ProbeSocket): Readonly<Record<string, unknown>> | undefined =>
  socket.frames.find(({ type }) => type === 'hello');
