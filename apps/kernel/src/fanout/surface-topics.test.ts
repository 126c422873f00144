import { FrameDecoder, type LinkDownFrame, surfaceTopic } from '@dispatch/link';
import { beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../__fixtures__/test-kernel.ts';
import type { ConversationRow } from '../ports.ts';
import { type CounterSurface, counterSurface } from '../surface/__fixtures__/counter-surface.ts';
import { createSurfaceRegistry, type SurfaceRegistry } from '../surface/surface-registry.ts';
import { createVirtualClock, settle, type VirtualClock } from '../turn/__fixtures__/virtual-clock.ts';
import { createFanout, type Fanout } from './fanout.ts';

const ME = 'usr_me';
const INVOKER = { userId: ME, conversationId: 'c' };

let clock: VirtualClock;
let registry: SurfaceRegistry;
let fanout: Fanout;
let owners: Map<string, string>;
let failures: string[];
beforeEach(() => {
  clock = createVirtualClock();
  owners = new Map();
  failures = [];
  registry = createSurfaceRegistry({ clock, onFailure: (_, what) => failures.push(what) });
  const none = async () => undefined;
  const read = {
    conversation: async (id: string) =>
      owners.has(id) ? ({ ownerId: owners.get(id) } as ConversationRow) : undefined,
    turn: none,
    newestTurn: none,
    turnsAfter: async () => [],
    turnEvents: async () => [],
    userEvents: async () => ({ head: 0, floor: 0, events: [] }),
  };
  fanout = createFanout({ read, surfaces: registry, log: silentLog });
});

/** A gateway that obeys the link's rules: what each of its connections was given. */
function gateway() {
  const live = new Map<string, string>();
  const seen = new Map<string, string[]>();
  const raw: LinkDownFrame[] = [];
  let isFull = false;
  let waiting: (() => void)[] = [];
  const give = (conn: string, text: string) => seen.set(conn, [...(seen.get(conn) ?? []), text]);
  const receive = (frame: LinkDownFrame): void => {
    raw.push(frame);
    if ('frame' in frame && 'topic' in frame) {
      const conns =
        'conn' in frame ? [frame.conn] : [...live.keys()].filter((one) => live.get(one) === frame.topic);
      for (const conn of conns) give(conn, nameOf(frame.frame as never));
    } else if (!('type' in frame)) return;
    else if (frame.type === 'watched') live.set(frame.conn, frame.live ?? frame.topic);
    else if (frame.type === 'unwatched') {
      live.delete(frame.conn);
      give(frame.conn, 'over');
    }
  };
  const link = fanout.attach({
    send: receive,
    sendEncoded: (bytes) => new FrameDecoder().push(bytes, (frame) => receive(frame as LinkDownFrame)),
    get isFull() {
      return isFull;
    },
    drained: () => new Promise((resolve) => waiting.push(resolve)),
  });
  return {
    raw,
    link,
    seen: (conn: string) => seen.get(conn) ?? [],
    watch(conn: string, conversationId?: string, userId = ME, surfaceId = 'counter') {
      const topic = surfaceTopic({ surfaceId, ...(conversationId && { conversationId }) });
      link.watch({ type: 'watch', conn, topic, userId });
      return { leave: () => link.unwatch({ type: 'unwatch', conn, topic }) };
    },
    setFull(value: boolean) {
      isFull = value;
      for (const resolve of waiting.splice(0)) resolve();
      waiting = [];
    },
  };
}

interface AnyFrame {
  readonly type: string;
  readonly code?: string;
  readonly conversationId?: string;
  readonly spec: { readonly fields: readonly { readonly value: string }[] };
  readonly update: AnyFrame;
}

/** `surface 3`, `update 4 c`: what a frame shows, and the conversation it echoes. */
function nameOf(frame: AnyFrame): string {
  if (frame.type === 'error') return `error ${frame.code}`;
  const { spec, conversationId } = frame.type === 'update' ? frame.update : frame;
  return [frame.type, spec.fields[0]?.value, conversationId].filter((part) => part !== undefined).join(' ');
}

function added(fields: Partial<CounterSurface> = {}) {
  const surface = counterSurface(fields);
  const handle = registry.add(surface, 'x');
  const raise = (of?: Parameters<typeof handle.changed>[0]) => {
    surface.count += 1;
    handle.changed(of);
  };
  return { surface, handle, raise };
}

const act = (action = 'raise', context = INVOKER) => registry.invoke('counter', action, undefined, context);

describe('surfaces on the link', () => {
  it('U2: the surface and each update echo the conversation they are of', async () => {
    const { raise } = added();
    const { watch, seen } = gateway();
    watch('a', 'c');
    watch('none');
    await settle();
    raise();
    await settle();
    expect(seen('a')).toEqual(['surface 0 c', 'update 1 c']);
    expect(seen('none')).toEqual(['surface 0', 'update 1']);
  });

  it('ruling 14: a global surface is one topic whatever conversation is named, and echoes none', async () => {
    const { surface, raise } = added({ scope: 'global', audience: 'everyone' });
    const { watch, seen, raw } = gateway();
    watch('a', 'c');
    watch('b', 'd', 'usr_other');
    watch('plain');
    owners.set('c', 'usr_other');
    await settle();
    raise({ conversationId: 'elsewhere' });
    await settle();
    for (const conn of ['a', 'b', 'plain']) expect(seen(conn)).toEqual(['surface 0', 'update 1']);
    expect(surface.asked).toHaveLength(2);
    expect(raw.filter((frame) => 'frame' in frame && !('conn' in frame))).toHaveLength(1);
  });

  it('U3: a change of one conversation is no work and no frame for any other', async () => {
    const { surface, raise } = added();
    const { watch, seen } = gateway();
    for (let n = 0; n < 50; n += 1) watch(`w${n}`, `c${n}`);
    await settle();
    surface.asked.length = 0;
    raise({ conversationId: 'c7' });
    raise({ conversationId: 'unwatched' });
    await settle();
    expect(surface.asked.map(({ conversationId }) => conversationId)).toEqual(['c7']);
    expect(seen('w7')).toEqual(['surface 0 c7', 'update 2 c7']);
    expect(seen('w8')).toEqual(['surface 0 c8']);
  });

  it('the audience decides who shares: users see their own, a change names whose', async () => {
    const { surface, raise } = added({ audience: 'user' });
    const { watch, seen } = gateway();
    watch('me', 'c', ME);
    watch('me-too', 'c', ME);
    watch('you', 'c', 'usr_you');
    await settle();
    expect(surface.asked.map(({ userId }) => userId)).toEqual([ME, 'usr_you']);
    raise({ userId: 'usr_you' });
    await settle();
    expect([seen('me'), seen('me-too'), seen('you')]).toEqual([
      ['surface 0 c'],
      ['surface 0 c'],
      ['surface 0 c', 'update 1 c'],
    ]);
  });

  it('1,000 subscribers on three links get one computation, encoded once', async () => {
    const { surface, raise } = added();
    const links = [gateway(), gateway(), gateway()];
    for (let n = 0; n < 1_000; n += 1) links[n % 3]?.watch(`w${n}`, 'c');
    await settle();
    expect(surface.asked).toHaveLength(1);
    for (let n = 0; n < 10; n += 1) raise();
    await settle();
    expect(surface.asked).toHaveLength(2);
    for (let n = 0; n < 1_000; n += 1) {
      expect(links[n % 3]?.seen(`w${n}`)).toEqual(['surface 0 c', 'update 10 c']);
    }
  });

  it('nothing is computed for a surface that nobody watches any more', async () => {
    const { surface, raise } = added();
    const { watch, link } = gateway();
    const { leave } = watch('a', 'c');
    leave();
    watch('b', 'd');
    link.close();
    raise();
    await act();
    await settle();
    expect(surface.asked).toEqual([]);
  });
});

describe('the order of states', () => {
  it('R9: a change while the first state is made is not lost, and comes behind it', async () => {
    const { surface, raise } = added();
    const { watch, seen } = gateway();
    surface.before = () => {
      surface.before = () => undefined;
      raise({ conversationId: 'c' });
    };
    watch('a', 'c');
    await settle();
    expect(seen('a')).toEqual(['surface 0 c', 'update 1 c']);
  });

  it('a state is never overtaken by an older one, and changes meanwhile are one more', async () => {
    const { surface, raise } = added();
    const { watch, seen, raw } = gateway();
    watch('a', 'c');
    await settle();
    let release: () => void = () => undefined;
    surface.before = () => new Promise((resolve) => (release = resolve));
    raise();
    await settle();
    raise();
    watch('late', 'c');
    await settle();
    raise();
    surface.before = () => undefined;
    release();
    await settle();
    expect(seen('a')).toEqual(['surface 0 c', 'update 1 c', 'update 3 c']);
    expect(seen('late')).toEqual(['surface 3 c']);
    const marks = raw.flatMap((frame) => ('mark' in frame ? [frame.mark ?? 0] : []));
    expect(marks).toEqual([...marks].sort((a, b) => a - b));
  });

  it('a change that shows nothing new is no update, unless somebody has another state', async () => {
    const { surface, handle, raise } = added();
    const { watch, seen } = gateway();
    watch('a', 'c');
    await settle();
    for (const change of [handle.changed, raise, handle.changed]) {
      change();
      await settle();
    }
    expect(seen('a')).toEqual(['surface 0 c', 'update 1 c']);
    // Nobody said that it changed; whoever joins sees it all the same.
    surface.count = 7;
    watch('late', 'c');
    await settle();
    surface.count = 1;
    handle.changed();
    await settle();
    expect(seen('late')).toEqual(['surface 7 c', 'update 1 c']);
    expect(seen('a').at(-1)).toBe('update 1 c');
    // What an action says is an answer, news or not.
    surface.during = () => {
      surface.count = 1;
    };
    await act();
    expect(seen('a').slice(-2)).toEqual(['update 1 c', 'update 1 c']);
  });

  it('one update per action, behind its end, also when it says itself that it changed', async () => {
    const { surface, handle } = added();
    const { watch, seen } = gateway();
    watch('a', 'c');
    await settle();
    surface.during = async () => {
      handle.changed();
      await settle();
      expect(seen('a')).toEqual(['surface 0 c']);
      handle.changed({ conversationId: 'c' });
    };
    const mark = await act();
    expect(seen('a')).toEqual(['surface 0 c', 'update 1 c']);
    expect(mark).toBeGreaterThan(0);
    await settle();
    expect(seen('a')).toHaveLength(2);
  });

  it('one update per action under concurrency, each sent before its ack', async () => {
    const { surface, handle } = added();
    const { watch, seen } = gateway();
    watch('a', 'c');
    await settle();
    surface.during = async () => {
      handle.changed();
      await Promise.resolve();
    };
    let acks = 0;
    const one = async () => {
      await act();
      acks += 1;
      expect(seen('a').length - 1).toBeGreaterThanOrEqual(acks);
    };
    await Promise.all(Array.from({ length: 20 }, one));
    await settle();
    expect(seen('a')).toHaveLength(1 + 20);
    expect(seen('a').at(-1)).toBe('update 20 c');
  });

  it('U4: a refused action sends nothing to anybody who watches', async () => {
    const { surface } = added();
    const { watch, seen } = gateway();
    watch('a', 'c');
    await settle();
    for (const action of ['refuse', 'nonsense']) await act(action).catch(() => undefined);
    await settle();
    expect(seen('a')).toEqual(['surface 0 c']);
    expect(surface.asked).toHaveLength(1);
  });
});

describe('surfaces that cannot be shown', () => {
  it('an unknown surface is an error for that connection, and the watch is over', async () => {
    const { watch, seen } = gateway();
    watch('a', 'c');
    added();
    await settle();
    expect(seen('a')).toEqual(['error unknown-surface', 'over']);
  });

  it('a surface that goes ends its watches', async () => {
    const { raise } = added();
    const { watch, seen, raw } = gateway();
    watch('a', 'c');
    await settle();
    watch('late', 'c');
    registry.removeOf('x');
    raise();
    await settle();
    expect(seen('a')).toEqual(['surface 0 c', 'error unknown-surface', 'over']);
    expect(seen('late')).toEqual(['error unknown-surface', 'over']);
    expect(raw.at(-1)).toEqual({ type: 'catalog', catalog: [] });
  });

  it("S-12: somebody else's conversation reads as none, also when it becomes theirs later", async () => {
    const { surface, raise } = added();
    const { watch, seen } = gateway();
    owners.set('theirs', 'usr_other');
    watch('a', 'theirs');
    watch('b', 'new');
    await settle();
    expect(seen('a')).toEqual(['error not-found', 'over']);
    expect(seen('b')).toEqual(['surface 0 new']);
    expect(surface.asked).toHaveLength(1);
    owners.set('new', 'usr_other');
    raise();
    await settle();
    expect(seen('b')).toEqual(['surface 0 new', 'error not-found', 'over']);
    expect(surface.asked).toHaveLength(1);
  });

  it('a failing surface is told once until it works again, and to each action; its watch goes on', async () => {
    const { surface, raise } = added();
    const { watch, seen } = gateway();
    surface.before = () => Promise.reject(new Error('broken'));
    watch('a', 'c');
    await settle();
    for (let n = 0; n < 3; n += 1) {
      raise();
      await settle();
    }
    expect(seen('a')).toEqual(['error action-failed']);
    await act();
    expect(seen('a')).toEqual(['error action-failed', 'error action-failed']);
    surface.before = () => undefined;
    raise();
    await settle();
    expect(seen('a').at(-1)).toBe('update 5 c');
    expect(failures).toHaveLength(5);
  });

  it('a hanging surface holds up nobody else, and is an error after its time', async () => {
    const { surface } = added();
    const other = added({ id: 'other' });
    const { watch, seen } = gateway();
    surface.before = () => new Promise(() => undefined);
    watch('a', 'c');
    watch('b', 'c', ME, 'other');
    await settle();
    other.raise();
    await settle();
    expect(seen('b')).toEqual(['surface 0 c', 'update 1 c']);
    expect(seen('a')).toEqual([]);
    await clock.advance(2_000);
    expect(seen('a')).toEqual(['error action-failed']);
  });

  it('E7: first states wait for a link that is full, updates of others do not', async () => {
    const { raise } = added();
    const [full, free] = [gateway(), gateway()];
    full.setFull(true);
    full.watch('slow', 'c');
    free.watch('quick', 'c');
    await settle();
    raise();
    await settle();
    expect([full.seen('slow'), free.seen('quick')]).toEqual([[], ['surface 0 c', 'update 1 c']]);
    full.setFull(false);
    await settle();
    expect(full.seen('slow')).toEqual(['surface 1 c']);
  });
});
