import type { UserEvent } from '@dispatch/collab-contract';
import type { LinkDownFrame } from '@dispatch/link';
import { describe, expect, it } from 'vitest';
import { silentLog } from '../__fixtures__/test-kernel.ts';
import type { ConversationRow } from '../ports.ts';
import type { Outlet } from './outlet.ts';
import { createUserTopics } from './user-topics.ts';

const closed = (conversationId: string): UserEvent => ({ type: 'conversation.closed', conversationId });
const settle = () => new Promise((resolve) => setTimeout(resolve, 5));

/** Streams in memory, read with a delay, and gateways that follow them. */
function world() {
  const streams = new Map<string, UserEvent[]>();
  const owners = new Map<string, string>();
  let floor = 0;
  let isBroken = false;
  const topics = createUserTopics({
    log: silentLog,
    read: {
      async conversation(id) {
        const ownerId = owners.get(id);
        return ownerId === undefined ? undefined : ({ ownerId } as ConversationRow);
      },
      async userEvents(userId, after, limit) {
        if (isBroken) throw new Error('a page that cannot be read');
        const events = (streams.get(userId) ?? []).map((event, index) => ({ seq: index + 1, event }));
        const kept = after < floor ? [] : events.slice(after, after + limit);
        const slice = { head: events.length, floor, events: kept };
        await Promise.resolve();
        return slice;
      },
    },
  });
  /** Writes without telling: what a commit does before its listeners run. */
  function store(userId: string, id: string): number {
    const events = streams.get(userId) ?? [];
    streams.set(userId, [...events, closed(id)]);
    return events.length + 1;
  }
  return {
    topics,
    owners,
    store,
    emit(users: readonly string[], id: string) {
      topics.publish([{ to: users.map((user) => [user, store(user, id)] as const), event: closed(id) }]);
    },
    breakReads: () => {
      isBroken = true;
    },
    keepFrom: (seq: number) => {
      floor = seq;
    },
    gateway() {
      const told: string[] = [];
      const note = (frame: LinkDownFrame): void => {
        if ('to' in frame) {
          const what = frame.frame.type === 'user.skip' ? 'skip' : 'event';
          told.push(...frame.to.map(([user, seq]) => `${user}${seq} ${what}`));
        } else if ('type' in frame && frame.type === 'user-at') {
          told.push(`${frame.userId} at ${frame.head}${frame.served ? '' : ` ${frame.reason}`}`);
        }
      };
      const outlet: Outlet = {
        send: note,
        sendEncoded: (bytes) => note(JSON.parse(bytes.subarray(4).toString())),
        isFull: false,
        drained: () => Promise.resolve(),
      };
      return { told, link: topics.attach(outlet) };
    },
  };
}

describe('the streams of users on links', () => {
  it('R1: without a cursor nothing is replayed; with one, what follows it, then what happens live', async () => {
    const { emit, gateway } = world();
    emit(['a'], '1');
    emit(['a'], '2');
    const [one, two] = [gateway(), gateway()];
    one.link.user({ type: 'user', userId: 'a', ask: 1 });
    two.link.user({ type: 'user', userId: 'a', ask: 1, after: 1 });
    await settle();
    emit(['a', 'b'], '3');
    expect(one.told).toEqual(['a at 2', 'a3 event']);
    expect(two.told).toEqual(['a at 2', 'a2 event', 'a3 event']);
  });

  it('R9: what is written while the store is read comes once, wherever it falls', async () => {
    for (let delay = 0; delay < 12; delay += 1) {
      const { emit, gateway } = world();
      for (let index = 0; index < 3; index += 1) emit(['a'], `${index}`);
      const { told, link } = gateway();
      link.user({ type: 'user', userId: 'a', ask: 1, after: 1 });
      for (let tick = 0; tick < delay; tick += 1) await Promise.resolve();
      emit(['a'], 'meanwhile');
      emit(['a'], 'and again');
      await settle();
      emit(['a'], 'later');
      expect(told.slice(1)).toEqual(['a2', 'a3', 'a4', 'a5', 'a6'].map((seq) => `${seq} event`));
    }
  });

  it('R2: a cursor that cannot be served is told why, and what follows is live', async () => {
    const { emit, gateway, keepFrom } = world();
    for (let index = 0; index < 5; index += 1) emit(['a'], `${index}`);
    keepFrom(3);
    const [old, edge, ahead] = [gateway(), gateway(), gateway()];
    old.link.user({ type: 'user', userId: 'a', ask: 1, after: 2 });
    edge.link.user({ type: 'user', userId: 'a', ask: 1, after: 3 });
    ahead.link.user({ type: 'user', userId: 'a', ask: 1, after: 9 });
    await settle();
    emit(['a'], 'live');
    expect(old.told).toEqual(['a at 5 too-old', 'a6 event']);
    expect(edge.told).toEqual(['a at 5', 'a4 event', 'a5 event', 'a6 event']);
    expect(ahead.told).toEqual(['a at 5 ahead', 'a6 event']);
  });

  it('R4: a replay skips what its user may no longer see, without a gap', async () => {
    const { emit, gateway, owners } = world();
    for (const id of ['mine', 'lost', 'mine']) emit(['a'], id);
    owners.set('mine', 'a').set('lost', 'somebody else');
    const { told, link } = gateway();
    link.user({ type: 'user', userId: 'a', ask: 1, after: 0 });
    await settle();
    expect(told).toEqual(['a at 3', 'a1 event', 'a2 skip', 'a3 event']);
  });

  it('what was told out of order, or not at all, is read from the store', async () => {
    const { emit, gateway, store } = world();
    const { told, link } = gateway();
    link.user({ type: 'user', userId: 'a', ask: 1, after: 0 });
    await settle();
    store('a', 'never told');
    emit(['a'], 'told');
    await settle();
    expect(told).toEqual(['a at 0', 'a1 event', 'a2 event']);
  });

  it('a user who is gone, and a link that is gone, are told nothing more; asking again begins anew', async () => {
    const { emit, gateway } = world();
    const [one, two] = [gateway(), gateway()];
    for (const { link } of [one, two]) link.user({ type: 'user', userId: 'a', ask: 1, after: 0 });
    await settle();
    one.link.userGone({ type: 'user-gone', userId: 'a' });
    two.link.close();
    emit(['a'], '1');
    expect([...one.told, ...two.told]).toEqual(['a at 0', 'a at 0']);
    one.link.user({ type: 'user', userId: 'a', ask: 1, after: 0 });
    await settle();
    expect(one.told).toEqual(['a at 0', 'a at 1', 'a1 event']);
  });

  it('a stream that cannot be read is told as too old, and goes on with what happens live', async () => {
    const { emit, gateway, breakReads } = world();
    emit(['a'], '1');
    breakReads();
    const { told, link } = gateway();
    link.user({ type: 'user', userId: 'a', ask: 1, after: 0 });
    await settle();
    emit(['a'], '2');
    await settle();
    emit(['a'], '3');
    expect(told).toEqual(['a at 0 too-old', 'a at 2 too-old', 'a3 event']);
  });

  it('a replay longer than a page is whole', async () => {
    const { emit, gateway } = world();
    for (let index = 0; index < 1_201; index += 1) emit(['a'], `${index}`);
    const { told, link } = gateway();
    link.user({ type: 'user', userId: 'a', ask: 1, after: 0 });
    await settle();
    expect(told).toHaveLength(1_202);
    expect(told.at(-1)).toBe('a1201 event');
  });
});
