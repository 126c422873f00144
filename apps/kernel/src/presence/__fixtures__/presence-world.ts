import type { Presence } from '@dispatch/collab-contract';
import type { LinkDownFrame } from '@dispatch/link';
import { silentLog } from '../../__fixtures__/test-kernel.ts';
import { createMemoryStore, type MemoryStore } from '../../turn/__fixtures__/memory-store.ts';
import { createVirtualClock, settle, type VirtualClock } from '../../turn/__fixtures__/virtual-clock.ts';
import type { PresenceLink } from '../presence-links.ts';
import { openPresence, type PresenceParts, type PresenceRegistry } from '../presence-registry.ts';

/** What one client was told, as it would show it. */
export interface SeenClient {
  readonly userId: string;
  /** Snapshots it got. */
  snapshots: number;
  /** Times of the updates it got. */
  readonly updates: number[];
  /** Each change of somebody's bit that it saw, in order: `usr_a online`. */
  readonly changes: string[];
  readonly shown: Map<string, Presence>;
}

/** A gateway that obeys the link's rules; its clients outlive its link. */
export interface SeenGateway {
  readonly clients: ReadonlyMap<string, SeenClient>;
  open(conn: string, userId: string): SeenClient;
  close(conn: string): void;
  /** The link breaks; clients stay. */
  cut(): void;
  /** A new link, told all that is open. */
  link(): void;
}

/** A kernel's presence, with its store, its gateways and its time. */
export interface PresenceWorld {
  readonly clock: VirtualClock;
  readonly store: MemoryStore;
  registry: PresenceRegistry;
  gateway(): SeenGateway;
  /** Lets time pass and all that follows from it happen. */
  pass(ms: number): Promise<void>;
  /** The kernel dies and another one starts; every link is gone. */
  restart(): Promise<void>;
}

export async function presenceWorld(
  coMembers: PresenceParts['coMembers'] = async (_, known) => known,
): Promise<PresenceWorld> {
  const clock = createVirtualClock();
  const gateways: SeenGateway[] = [];
  let store = createMemoryStore();
  const open = () => openPresence({ store, coMembers, clock, log: silentLog });
  const world: PresenceWorld = {
    clock,
    get store() {
      return store;
    },
    registry: await open(),
    gateway() {
      const gateway = seenGateway(world);
      gateways.push(gateway);
      return gateway;
    },
    async pass(ms) {
      await settle();
      await clock.advance(ms);
      await settle();
    },
    async restart() {
      await settle();
      world.registry.stop();
      for (const gateway of gateways) gateway.cut();
      store = store.restart();
      world.registry = await open();
      world.registry.begin();
    },
  };
  world.registry.begin();
  return world;
}

function seenGateway(world: PresenceWorld): SeenGateway {
  const clients = new Map<string, SeenClient>();
  let link: PresenceLink | undefined;
  /** Clients that have their snapshot of this link. */
  let ready = new Set<string>();

  const show = (client: SeenClient, users: readonly Presence[]): void => {
    for (const user of users) {
      const before = client.shown.get(user.userId)?.online ?? false;
      if (before !== user.online) {
        client.changes.push(`${user.userId} ${user.online ? 'online' : 'offline'}`);
      }
      client.shown.set(user.userId, user);
    }
  };

  const receive = (frame: LinkDownFrame): void => {
    if (!('users' in frame)) return;
    const { users, conn, frame: told } = frame;
    if (told.type === 'presence.snapshot' && conn !== undefined) {
      const client = clients.get(conn);
      if (client === undefined) return;
      ready.add(conn);
      client.snapshots += 1;
      // A kernel knows nothing of the frames of the one before.
      client.updates.splice(0);
      // It takes the place of everything known before: who is not in it is away and says nothing.
      const gone = [...client.shown.values()].filter(
        ({ userId }) => !told.users.some((user) => user.userId === userId),
      );
      show(client, [...gone.map((user) => ({ ...user, online: false, statusText: null })), ...told.users]);
    }
    if (told.type !== 'presence.update') return;
    for (const [name, client] of clients) {
      if (!ready.has(name) || !users.includes(client.userId)) continue;
      client.updates.push(world.clock.mono());
      show(client, told.users);
    }
  };

  const gateway: SeenGateway = {
    clients,
    open(conn, userId) {
      const client: SeenClient = { userId, snapshots: 0, updates: [], changes: [], shown: new Map() };
      clients.set(conn, client);
      link?.opened({ type: 'opened', userId, conn });
      return client;
    },
    close(conn) {
      const client = clients.get(conn);
      clients.delete(conn);
      if (client) link?.closed({ type: 'closed', userId: client.userId, conn });
    },
    cut() {
      link?.close();
      link = undefined;
    },
    link() {
      if (link !== undefined) return;
      ready = new Set();
      let isCut = false;
      const attached = world.registry.attach({
        send: (frame) => void (isCut || receive(frame)),
        sendEncoded: () => undefined,
        isFull: false,
        drained: async () => undefined,
      });
      link = {
        opened: attached.opened,
        closed: attached.closed,
        close() {
          isCut = true;
          attached.close();
        },
      };
      for (const [conn, { userId }] of clients) link.opened({ type: 'opened', userId, conn });
    },
  };
  gateway.link();
  return gateway;
}
