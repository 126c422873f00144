import type { Presence } from '@dispatch/collab-contract';
import type { WsServerMessage } from '@dispatch/transport-contract';
import type { Outlet } from '../fanout/outlet.ts';
import type { Clock, Log, Store } from '../ports.ts';
import { readAtStart } from '../read-at-start.ts';
import { reportOnce } from '../report-once.ts';
import { type Person, personOf, presenceOf } from './person.ts';
import { type PresenceLink, PresenceLinks } from './presence-links.ts';

/** How long somebody counts as there behind the end of their last connection, however it ended. */
export const PRESENCE_GRACE_MS = 10_000;
/** Changes wait this long for each other: nobody gets more than one frame in it. */
const BATCH_MS = 1_000;

export interface PresenceParts {
  readonly store: Pick<Store, 'commit' | 'read'>;
  /** Whoever shares a workspace with this user; `known` is everybody the registry has heard of. */
  readonly coMembers: (userId: string, known: readonly string[]) => Promise<readonly string[]>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Who is there: made from connections alone, over all gateways. */
export interface PresenceRegistry {
  attach(outlet: Outlet): PresenceLink;
  /** How many users are there. */
  readonly onlineCount: number;
  /** Everybody this user may know about, and the user. */
  list(userId: string): Promise<readonly Presence[]>;
  /** Sets the text, and touches nothing else. `full`: it could not be stored, and nothing changed. */
  setStatusText(userId: string, statusText: string | null): Promise<Presence | 'full'>;
  /** Gateways can connect from now on: who was there before this start and does not come back within the grace is gone. */
  begin(): void;
  /** Nobody is told of anything any more. */
  stop(): void;
}

/** The registry as the kernel before this one left it. */
export async function openPresence(parts: PresenceParts): Promise<PresenceRegistry> {
  const { store, coMembers, clock, log } = parts;
  const people = new Map<string, Person>();
  const rows = await readAtStart(log, 'status texts', () => store.read.presence(), []);
  for (const row of rows) people.set(row.userId, personOf(row));
  const changed = new Set<Person>();
  let isStopped = false;
  let lastFlush = Number.NEGATIVE_INFINITY;
  let cancelFlush: (() => void) | undefined;

  const personFor = (userId: string): Person => {
    const known = people.get(userId);
    if (known) return known;
    const person = personOf({ userId, statusText: null, lastSeenAt: null, toldOnline: false });
    people.set(userId, person);
    return person;
  };

  const audienceOf = async (userId: string): Promise<Set<string>> =>
    new Set(await coMembers(userId, [...people.keys()])).add(userId);

  const links = new PresenceLinks({
    onOpened(userId) {
      const person = personFor(userId);
      person.connections += 1;
      person.cancelGrace();
      turn(person, true);
    },
    onClosed(userId) {
      const person = personFor(userId);
      person.connections -= 1;
      if (person.connections === 0) startGrace(person);
    },
    audienceOf,
    snapshot,
    onFailure: (error) => log.error({ err: error }, 'a presence snapshot failed'),
  });

  function startGrace(person: Person): void {
    if (!isStopped) person.cancelGrace = clock.after(PRESENCE_GRACE_MS, () => turn(person, false));
  }

  function turn(person: Person, online: boolean): void {
    if (person.online === online) return;
    person.online = online;
    touch(person);
  }

  function touch(person: Person, at = clock.wall()): void {
    person.lastSeenAt = at;
    changed.add(person);
    plan();
  }

  function plan(): void {
    if (isStopped || cancelFlush !== undefined) return;
    const wait = Math.max(0, lastFlush + BATCH_MS - clock.mono());
    cancelFlush = clock.after(wait, () => {
      void flush().catch((error: unknown) =>
        reportOnce(log, 'presence is not told', { err: error }, 'presence could not be told'),
      );
    });
  }

  async function flush(): Promise<void> {
    lastFlush = clock.mono();
    const news = [...changed];
    changed.clear();
    try {
      const audiences = await Promise.all(news.map(({ userId }) => audienceOf(userId)));
      // As they are by now: what happened while we waited for the audience is told again, which changes nothing.
      tell(news, audiences);
    } catch (error) {
      for (const person of news) changed.add(person);
      throw error;
    } finally {
      cancelFlush = undefined;
      if (changed.size > 0) plan();
    }
    // Behind the telling: a death in between has it told again, the other order would have it told never.
    await keep(news);
  }

  /** One frame for each set of people that sees the same of it. */
  function tell(news: readonly Person[], audiences: readonly ReadonlySet<string>[]): void {
    const viewers = new Map<string, { readonly users: Presence[]; readonly to: string[] }>();
    for (const viewer of links.users()) {
      const seen = news.filter((_, index) => audiences[index]?.has(viewer));
      if (seen.length === 0) continue;
      const key = seen.map(({ userId }) => userId).join('\n');
      const group = viewers.get(key) ?? { users: seen.map(presenceOf), to: [] };
      group.to.push(viewer);
      viewers.set(key, group);
    }
    for (const { users, to } of viewers.values()) links.tell(to, { type: 'presence.update', users });
  }

  async function keep(news: readonly Person[]): Promise<void> {
    const told = news.map(presenceOf);
    if (told.length === 0) return;
    try {
      await store.commit({
        *plan(q) {
          for (const { userId, online, lastSeenAt } of told) {
            yield* q.putToldOnline(userId, online, lastSeenAt);
          }
          return { result: null };
        },
      });
    } catch (error) {
      reportOnce(log, 'presence is not stored', { err: error }, 'presence could not be stored');
    }
  }

  function snapshot(audience: ReadonlySet<string>): WsServerMessage {
    const known = [...audience].flatMap((userId) => people.get(userId) ?? []);
    const shown = known.filter(({ online, statusText }) => online || statusText !== null);
    return { type: 'presence.snapshot', users: shown.map(presenceOf) };
  }

  return {
    attach: (outlet) => links.attach(outlet),

    get onlineCount() {
      return [...people.values()].filter(({ online }) => online).length;
    },

    async list(userId) {
      const audience = [...(await audienceOf(userId))];
      return audience.map((other) => {
        const person = people.get(other);
        return person
          ? presenceOf(person)
          : { userId: other, online: false, statusText: null, lastSeenAt: null };
      });
    },

    async setStatusText(userId, statusText) {
      const at = clock.wall();
      const outcome = await store.commit({
        *plan(q) {
          yield* q.putStatusText(userId, statusText, at);
          return { result: null };
        },
      });
      if (outcome.kind !== 'committed') return 'full';
      const person = personFor(userId);
      person.statusText = statusText;
      touch(person, at);
      return presenceOf(person);
    },

    begin() {
      for (const person of people.values()) {
        if (person.online && person.connections === 0) startGrace(person);
      }
    },

    stop() {
      isStopped = true;
      cancelFlush?.();
      for (const person of people.values()) person.cancelGrace();
    },
  };
}
