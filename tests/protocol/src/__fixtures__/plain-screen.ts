import { type Frame, openSocket, request } from '@dispatch/tests-processes';
import { type Approval, queueIn, type Replaced, type Screen, turnsOf } from './screen.ts';

/** A place on screen: a message with the version of its reply that is shown. */
interface Row {
  readonly beatId: string;
  readonly turnId: string;
}

/** Somebody without our client: frames as they come, put together by beats. */
export async function openPlainScreen(
  { httpUrl, wsUrl }: { readonly httpUrl: string; readonly wsUrl: string },
  conversationId: string,
): Promise<Screen> {
  const socket = await openSocket(wsUrl);
  socket.send({ type: 'chat.subscribe', conversationId });
  socket.send({ type: 'subscribe', surfaceId: 'message-queue', conversationId });
  await socket.frame('the queue', ({ type }) => type === 'surface');
  /** Frames that were there when it was read last, and what was read. */
  let read: { readonly from: number; readonly rows: readonly Row[] } = { from: 0, rows: [] };
  const ofUser = (type: string) =>
    socket.frames.flatMap((frame) => {
      const event = frame.type === 'user.event' ? (frame['event'] as Frame) : frame;
      return event.type === type ? [event] : [];
    });
  const here = (event: Frame) => event['conversationId'] === conversationId;
  return {
    name: 'the plain client',
    get shown() {
      return socket.frames
        .slice(read.from)
        .reduce(rowsAfter(here), read.rows)
        .map(({ turnId }) => turnId);
    },
    get seen() {
      return socket.events().filter(here);
    },
    get replaced() {
      return ofUser('turn-replaced').filter(here) as readonly unknown[] as readonly Replaced[];
    },
    get resolved() {
      return ofUser('approval.resolved').map((event) => event['approval'] as Approval);
    },
    get queue() {
      const last = socket.frames.findLast(({ type }) => type === 'surface' || type === 'update');
      return last && queueIn(Object(last['update'] ?? last)['spec']);
    },
    reread: async () => {
      const from = socket.frames.length;
      const path = `/conversations/${conversationId}?view=active`;
      const { chunks } = (await request(httpUrl, 'GET', path)).body;
      const beats = new Map<string, string>();
      for (const { turnId, beatId } of chunks) beats.set(turnId, beatId ?? turnId);
      read = {
        from,
        rows: turnsOf(chunks).map((turnId) => ({ turnId, beatId: beats.get(turnId) ?? turnId })),
      };
    },
    close: () => socket.close(),
  };
}

const rowsAfter =
  (here: (event: Frame) => boolean) =>
  (rows: readonly Row[], frame: Frame): readonly Row[] => {
    const event = Object(frame['event'] ?? frame) as Frame;
    if (!here(event)) return rows;
    const { turnId } = event as unknown as Row;
    if (event.type === 'turn-start' && event['versionOf'] === undefined) {
      return [...rows, { turnId, beatId: turnId }];
    }
    if (event.type !== 'turn-replaced') return rows;
    const { beatId, supersedes } = event as unknown as Replaced;
    const at = rows.findIndex((row) => row.beatId === beatId && row.turnId === supersedes);
    return at < 0 ? rows : [...rows.slice(0, at), { beatId, turnId }];
  };
