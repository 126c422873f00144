import { eventually, type Frame, type FrameSocket, openSocket } from '@dispatch/tests-processes';

type Fields = Readonly<Record<string, unknown>>;

/** What one `surface` or `update` frame shows. */
export interface Look {
  readonly on: boolean;
  readonly seconds: number;
  readonly nextWarmAt: number | null;
  readonly lastWarmAt: number | null;
  /** Value of the stat with this label; undefined when there is none. */
  stat(label: string): string | undefined;
  /** Payload of the custom field `cache-warming-economics`. */
  readonly money: Fields;
}

/** Somebody who looks at the warming of one conversation. */
export interface WarmingClient {
  readonly socket: FrameSocket;
  /** Everything that was shown so far, in order. */
  looks(): readonly Look[];
  last(): Look;
  /** Acts, and resolves with the ack or the error. */
  act(action: string, payload?: unknown): Promise<Frame>;
  /** The newest thing shown, once it fits. */
  until(what: string, fits: (look: Look) => boolean, ms?: number): Promise<Look>;
  close(): void;
}

/** Subscribes, and resolves when the surface is there. */
export async function lookAt(wsUrl: string, conversationId: string): Promise<WarmingClient> {
  const socket = await openSocket(wsUrl);
  const self: WarmingClient = {
    socket,
    looks: () => socket.frames.flatMap(lookIn),
    last: () => {
      const look = self.looks().at(-1);
      if (look === undefined) throw new Error('nothing was shown yet');
      return look;
    },
    act: (action, payload) => {
      const id = `act-${crypto.randomUUID()}`;
      const actionId = `cache-warming/${action}`;
      const said = payload === undefined ? {} : { payload };
      socket.send({ type: 'invoke', id, surfaceId: 'cache-warming', actionId, conversationId, ...said });
      return socket.frame(`the answer to ${action}`, (frame) => frame['id'] === id);
    },
    until: (what, fits, ms = 10_000) =>
      eventually(
        what,
        () => {
          const look = self.looks().at(-1);
          return look !== undefined && fits(look) ? look : undefined;
        },
        ms,
      ),
    close: () => socket.close(),
  };
  socket.send({ type: 'subscribe', surfaceId: 'cache-warming', conversationId });
  await self.until('the surface', () => true);
  return self;
}

function lookIn(frame: Frame): readonly Look[] {
  const spec = (frame['spec'] ?? (frame['update'] as Fields | undefined)?.['spec']) as Fields | undefined;
  if (spec?.['id'] !== 'cache-warming') return [];
  const fields = spec['fields'] as readonly Fields[];
  const labelled = (label: string) => fields.find((field) => field['label'] === label)?.['value'];
  const payload = (renderer: string) =>
    (fields.find(({ rendererId }) => rendererId === renderer)?.['payload'] ?? {}) as Fields;
  const { nextWarmAt, lastWarmAt } = payload('cache-warming-timer');
  const look: Look = {
    on: labelled('Enabled') === true,
    seconds: Number(labelled('Refresh Interval')),
    nextWarmAt: nextWarmAt as number | null,
    lastWarmAt: lastWarmAt as number | null,
    stat: (label) => labelled(label) as string | undefined,
    money: payload('cache-warming-economics'),
  };
  return [look];
}
